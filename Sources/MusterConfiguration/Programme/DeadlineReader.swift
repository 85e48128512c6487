import CivilTime
import MusterModel

/// Reads what is due beside the sessions of a cycle.
struct DeadlineReader {
    static let keys = ["id", "name", "due", "time", "who", "note"]

    let stages: [Stage]
    let team: [String]

    func read(_ node: ConfigNode?) -> [Deadline] {
        var seen: Set<String> = []
        return (node?.items ?? []).compactMap { item in
            guard let deadline = deadline(item) else { return nil }
            if !seen.insert(deadline.id).inserted {
                item.error("two deadlines have the id \"\(deadline.id)\"; give each its own")
            }
            return deadline
        }
    }

    private func deadline(_ node: ConfigNode) -> Deadline? {
        guard let mapping = node.mapping(Self.keys), let id = mapping.require("id")?.string(),
            let (days, stage) = mapping.require("due").flatMap(due)
        else { return nil }
        return Deadline(
            id: id, name: mapping["name"]?.string() ?? id, stage: stage, schoolDays: days,
            time: mapping["time"].flatMap(time) ?? TimeOfDay(minutes: 960),
            who: (mapping.require("who")?.items ?? []).compactMap(part), note: mapping["note"]?.string() ?? "")
    }

    /// `5 school days before pre-review`.
    private func due(_ node: ConfigNode) -> (days: Int, stage: StageID)? {
        let words = (node.scalar ?? "").split(separator: " ").map(String.init)
        guard words.count == 5, let count = Int(words[0]), (0...250).contains(count), words[1] == "school",
            words[2] == "days" || words[2] == "day", words[3] == "before" || words[3] == "after"
        else {
            node.error(
                "\"\(node.scalar ?? "…")\" should be days from a stage, such as 5 school days before pre-review")
            return nil
        }
        guard stages.contains(where: { $0.id == words[4] }) else {
            node.error(
                "there is no stage \"\(words[4])\"\(Suggestion.phrase(for: words[4], among: stages.map(\.id)))")
            return nil
        }
        return (words[3] == "before" ? -count : count, words[4])
    }

    private func time(_ node: ConfigNode) -> TimeOfDay? {
        guard let time = node.scalar.flatMap({ TimeOfDay($0) }) else {
            node.error("\"\(node.scalar ?? "…")\" should be a time of day such as 16:00")
            return nil
        }
        return time
    }

    private func part(_ node: ConfigNode) -> String? {
        let name = (node.scalar ?? "").lowercased()
        guard name == "host" || team.contains(name) else {
            node.error(
                "\"\(name)\" is neither host nor a role of \"team\"\(Suggestion.phrase(for: name, among: team + ["host"]))"
            )
            return nil
        }
        return name
    }
}
