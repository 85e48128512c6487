import CivilTime
import MusterModel

/// Reads `programme/polls/*.yaml`: what many are asked.
struct PollReader {
    /// So many choices fit on a page.
    private static let mostChoices = 30

    let names: KnownNames
    /// Those whom an `ask` names.
    let invitees: (ConfigNode) -> [PersonID]

    func read(_ node: ConfigNode) -> Poll? {
        let keys = ["poll", "title", "question", "note", "choices", "choose", "partnership", "ask", "open", "use"]
        guard let mapping = node.mapping(keys), let id = mapping.require("poll")?.string(),
            let question = mapping.require("question")?.string(), let dates = mapping.require("open")?.dates(),
            let node = mapping.require("choices")
        else { return nil }
        let choices = choices(node)
        guard (2...Self.mostChoices).contains(choices.count) else {
            node.error("a poll has between 2 and \(Self.mostChoices) choices; this one has \(choices.count)")
            return nil
        }
        let partnership = mapping["partnership"].flatMap(names.partnership)
        let people = people(mapping["ask"], of: partnership)
        if people.isEmpty {
            (mapping["ask"] ?? mapping.parent).warning(
                "nobody is asked; write \"ask\" with people, roles or a file, or a \"partnership\"")
        }
        let poll = Poll(
            id: PollID(id), title: mapping["title"]?.string() ?? id, question: question,
            note: mapping["note"]?.string() ?? "", choices: choices,
            mostChoices: mapping["choose"].flatMap { most($0, choices.count) } ?? 1, partnership: partnership?.id,
            people: people, dates: dates, use: mapping["use"]?.choice(Poll.Use.self))
        if poll.use == .theme, poll.mostChoices > 1 {
            mapping["use"]?.error("a host has one theme; leave out \"choose\" where the poll is used for themes")
        }
        return poll
    }

    /// `2`, or `any`.
    private func most(_ node: ConfigNode, _ count: Int) -> Int? {
        node.scalar == "any" ? count : node.integer(1...count)
    }

    private func choices(_ node: ConfigNode) -> [Poll.Choice] {
        var seen: Set<String> = []
        return node.items.compactMap { item in
            guard let (id, text) = item.idAndText() else { return nil }
            let choice = Poll.Choice(id: id.lowercased(), text: text)
            if !seen.insert(choice.id).inserted {
                item.error("\"\(choice.id)\" is a choice already; write each once")
            }
            return choice
        }
    }

    /// Everybody of the partnership, or of those whom `ask` names those who are in it.
    private func people(_ ask: ConfigNode?, of partnership: Partnership?) -> [PersonID] {
        guard let partnership else { return ask.map(invitees) ?? [] }
        func isOurs(_ id: PersonID) -> Bool {
            names.entry(of: id).map { !$0.person.schools.allSatisfy { !partnership.schools.contains($0) } } ?? true
        }
        return (ask.map(invitees) ?? names.ids).filter(isOurs)
    }
}
