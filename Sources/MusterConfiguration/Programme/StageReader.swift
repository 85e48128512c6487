import CivilTime
import MusterModel

/// Reads a stage of a cycle, or the session of a training event.
struct StageReader {
    static let keys = [
        "id", "name", "purpose", "length", "mode", "room", "link", "attend", "after", "days", "weekdays", "times",
        "start-every", "checklist",
    ]

    let rooms: [Room]

    func read(_ mapping: ConfigMapping) -> Stage? {
        guard let id = mapping.require("id")?.string(), let length = mapping.require("length")?.minutes(5...1440) else {
            return nil
        }
        var stage = Stage(
            id: id, name: mapping["name"]?.string() ?? id.prefix(1).uppercased() + id.dropFirst(), length: length)
        stage.purpose = mapping["purpose"]?.string() ?? ""
        stage.mode = mapping["mode"]?.choice(Stage.Mode.self) ?? .online
        stage.room = mapping["room"].flatMap(room)
        stage.link = mapping["link"]?.link()
        stage.attend = (mapping["attend"]?.strings() ?? []).map { $0.lowercased() }
        stage.gap = mapping["after"].flatMap(gap)
        if let node = mapping["days"] { stage.days = Set(node.items.compactMap { $0.choice(DayKind.self) }) }
        readWeekdays(mapping["weekdays"], into: &stage)
        readTimes(mapping["times"], into: &stage)
        stage.startEvery = mapping["start-every"]?.minutes(15...1440) ?? 15
        if ![15, 30, 60].contains(stage.startEvery) {
            mapping["start-every"]?.error(
                "sessions begin at quarters, halves or full hours; write 15 min, 30 min or 1 h")
        }
        stage.checklist = mapping["checklist"]?.strings() ?? []
        if !stage.times.isEmpty, !stage.times.contains(where: { $0.length >= length }) {
            mapping["times"]?.error("no window of \"times\" is as long as the session (\(length) minutes); widen one")
        }
        return stage
    }

    private func room(_ node: ConfigNode) -> String? {
        guard let id = node.string() else { return nil }
        guard rooms.contains(where: { $0.id == id }) else {
            node.error("there is no room \"\(id)\" in muster.yaml\(Suggestion.phrase(for: id, among: rooms.map(\.id)))")
            return nil
        }
        return id
    }

    /// `5 to 15 school days`.
    private func gap(_ node: ConfigNode) -> ClosedRange<Int>? {
        let words = (node.scalar ?? "").split(separator: " ").filter {
            !["to", "school", "days", "day", "-"].contains($0)
        }
        let numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count, (1...2).contains(numbers.count),
            numbers.allSatisfy({ (0...1000).contains($0) })
        else {
            node.error("\"\(node.scalar ?? "…")\" should be days between stages such as 5 to 15 school days")
            return nil
        }
        guard numbers[0] <= numbers[numbers.count - 1] else {
            node.error(
                "the least (\(numbers[0])) is more than the most (\(numbers[1])); write them the other way round")
            return nil
        }
        return numbers[0]...numbers[numbers.count - 1]
    }

    private func readWeekdays(_ node: ConfigNode?, into stage: inout Stage) {
        guard let node else { return }
        guard node.pairs != nil else {
            stage.weekdays = node.weekdays()
            return
        }
        guard let mapping = node.mapping(["only", "prefer"]) else { return }
        if let only = mapping["only"] { stage.weekdays = only.weekdays() }
        stage.preferredWeekdays = mapping["prefer"]?.weekdays() ?? []
        if !stage.preferredWeekdays.isSubset(of: stage.weekdays) {
            node.error("a preferred weekday is not among those allowed; leave it out or allow it")
        }
    }

    private func readTimes(_ node: ConfigNode?, into stage: inout Stage) {
        guard let node else { return }
        guard node.pairs != nil else {
            stage.times = node.items.compactMap { $0.window() }
            return
        }
        guard let mapping = node.mapping(["only", "prefer"]) else { return }
        stage.times = (mapping["only"]?.items ?? []).compactMap { $0.window() }
        stage.preferredTimes = (mapping["prefer"]?.items ?? []).compactMap { $0.window() }
    }
}

extension TimeWindow {
    /// Minutes.
    var length: Int { upperBound.minutes - lowerBound.minutes }
}
