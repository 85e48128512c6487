import MusterModel

/// Reads `feedback` of a cycle: what those who came to a session are asked about it.
struct FeedbackReader {
    /// So many questions are answered in a minute.
    private static let mostQuestions = 10

    let stages: [Stage]
    let training: [TrainingEvent]

    func read(_ node: ConfigNode) -> FeedbackForm? {
        guard let mapping = node.mapping(["questions", "stages"]), let list = mapping.require("questions") else {
            return nil
        }
        var seen: Set<String> = []
        let questions = list.items.compactMap { item -> FeedbackForm.Question? in
            guard let (id, text) = item.idAndText() else { return nil }
            if !seen.insert(id).inserted { item.error("two questions have the id \"\(id)\"; give each its own") }
            return FeedbackForm.Question(id: id, text: text)
        }
        guard (1...Self.mostQuestions).contains(questions.count) else {
            list.error("a form has between 1 and \(Self.mostQuestions) questions; this one has \(questions.count)")
            return nil
        }
        let known = stages.map(\.id) + training.map(\.stage.id)
        let chosen = (mapping["stages"]?.items ?? []).flatMap { item -> [StageID] in
            guard let id = item.string() else { return [] }
            if known.contains(id) { return [id] }
            let dates = training.filter { $0.series == id }.map(\.stage.id)
            if dates.isEmpty { item.error("there is no stage \"\(id)\"\(Suggestion.phrase(for: id, among: known))") }
            return dates
        }
        return FeedbackForm(questions: questions, stages: Set(chosen))
    }
}
