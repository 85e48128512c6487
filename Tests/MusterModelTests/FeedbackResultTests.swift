import CivilTime
import MusterModel
import MusterTestSupport
import Testing

@Suite struct `The result of feedback` {
    private static let form = FeedbackForm(questions: [
        FeedbackForm.Question(id: "a", text: "A"), FeedbackForm.Question(id: "b", text: "B"),
    ])
    private static let stage = Stage(id: "review", name: "Review", length: 60)

    private static var cycle: Cycle {
        let day = TimeZoneRules.utc.local(Instant(seconds: 0)).date
        return Cycle(
            id: "c", name: "C", partnership: "p", dates: day...day, team: [], stages: [stage], hosts: [], feedback: form
        )
    }

    private func result(_ answers: [(session: Int, scores: [String: Int])], comments: Int = 0) -> FeedbackResult {
        FeedbackResult(
            cycle: Self.cycle, stage: Self.stage, form: Self.form, asked: answers.count + 2, answered: answers.count,
            sessions: Set(answers.map(\.session)).count,
            scores: answers.reduce(into: [:]) { all, answer in
                for (question, score) in answer.scores { all[question, default: []].append(score) }
            }, comments: (0..<comments).map { FeedbackResult.Comment(text: "\($0)", mayBeQuoted: false) })
    }

    /// Whoever sees a result knows each answer but one: still no result may tell that one, by itself or less another.
    @Test(arguments: 0..<300)
    func `shows of every question what at least five said about at least three sessions, or nothing`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let answers = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            (
                session: Int.random(in: 0...4, using: &random),
                scores: ["a", "b"].reduce(into: [String: Int]()) { scores, question in
                    if Bool.random(using: &random) { scores[question] = Int.random(in: 1...5, using: &random) }
                }
            )
        }
        let shown = result(answers, comments: answers.count)
        let sessions = Set(answers.map(\.session)).count
        for line in shown.lines {
            let scores = answers.compactMap { $0.scores[line.question.lowercased()] }
            #expect(line.count == scores.count && scores.count >= 5 && answers.count >= 5 && sessions >= 3)
            let mean = Double(scores.reduce(0, +)) / Double(scores.count)
            #expect(abs(Double(line.tenths) / 10 - mean) <= 0.0501 && (10...50).contains(line.tenths))
        }
        if answers.count < 5 || sessions < 3 { #expect(!shown.isShown && shown.comments.isEmpty) }
    }

    @Test(arguments: [
        ([1, 2, 3, 4, 5], "3.0"), ([5, 5, 5, 5, 4], "4.8"), ([1, 1, 1, 1, 2], "1.2"), ([2, 2, 2, 3, 3, 3], "2.5"),
    ])
    func `has means of one decimal`(scores: [Int], mean: String) {
        let answers = scores.enumerated().map { (session: $0 % 3, scores: ["a": $1]) }
        #expect(result(answers).lines.map(\.mean) == [mean])
    }
}
