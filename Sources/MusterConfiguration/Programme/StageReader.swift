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
        guard let id = mapping.require("id")?.string(), let node = mapping.require("length") else { return nil }
        var stage = Stage(
            id: id, name: mapping["name"]?.string() ?? id.prefix(1).uppercased() + id.dropFirst(), length: 0)
        readTimes(mapping["times"], into: &stage)
        guard let length = length(node, within: &stage.times) else { return nil }
        stage.length = length
        stage.purpose = mapping["purpose"]?.string() ?? ""
        stage.mode = mapping["mode"]?.choice(Stage.Mode.self) ?? .online
        stage.room = mapping["room"].flatMap(room)
        stage.link = mapping["link"]?.link()
        stage.attend = (mapping["attend"]?.strings() ?? []).map { $0.lowercased() }
        for item in mapping["after"]?.items ?? [] { readPrecondition(item, into: &stage) }
        if let node = mapping["days"] { stage.days = Set(node.items.compactMap { $0.choice(DayKind.self) }) }
        readWeekdays(mapping["weekdays"], into: &stage)
        stage.startEvery = mapping["start-every"]?.minutes(15...1440) ?? 15
        if ![15, 30, 60].contains(stage.startEvery) {
            mapping["start-every"]?.error(
                "sessions begin at quarters, halves or full hours; write 15 min, 30 min or 1 h")
        }
        stage.checklist = mapping["checklist"]?.strings() ?? []
        if !stage.times.isEmpty, !stage.times.contains(where: { $0.length >= length }) {
            mapping["times"]?.error("no window of \"times\" is as long as the session (\(length) minutes); widen one")
        }
        reportPlace(of: stage, mapping)
        return stage
    }

    /// A session fits into a day; `1 day` is a day of school, within `times`.
    private func length(_ node: ConfigNode, within times: inout [TimeWindow]) -> Int? {
        guard ["1 day", "1 school day", "day"].contains(node.scalar) else { return node.minutes(5...720) }
        if times.isEmpty { times = [Self.schoolDay] }
        return times.map(\.length).max()
    }

    /// 9:00 to 15:00.
    private static let schoolDay = TimeOfDay(minutes: 540)..<TimeOfDay(minutes: 900)

    /// People who join online need somewhere to join, and those who meet at a school do not.
    private func reportPlace(of stage: Stage, _ mapping: ConfigMapping) {
        let hasLink = stage.link != nil || rooms.contains { $0.id == stage.room && $0.hasLink }
        let saysOnline = [stage.name, stage.purpose].contains { $0.lowercased().contains("online") }
        if stage.mode != .inPerson, !hasLink {
            mapping.parent.warning(
                "people join \"\(stage.name)\" online and are told no address; write \"link\", or \"room\" with a room of muster.yaml that has one"
            )
        } else if stage.mode == .inPerson, hasLink || saysOnline {
            mapping.parent.warning(
                "\"\(stage.name)\" is in person, and \(hasLink ? "has a link" : "says that it is online"); write mode: online or mode: blended, or leave that out"
            )
        }
    }

    private func room(_ node: ConfigNode) -> String? {
        guard let id = node.string() else { return nil }
        guard rooms.contains(where: { $0.id == id }) else {
            node.error("there is no room \"\(id)\" in muster.yaml\(Suggestion.phrase(for: id, among: rooms.map(\.id)))")
            return nil
        }
        return id
    }

    /// `5 to 15 school days`, or the id of a training event.
    private func readPrecondition(_ node: ConfigNode, into stage: inout Stage) {
        let text = node.scalar ?? "…"
        let words = text.split(separator: " ").filter { !["to", "school", "days", "day", "-"].contains($0) }
        let numbers = words.compactMap { Int($0) }
        if numbers.isEmpty, words.count == 1, text.first?.isLetter == true {
            stage.training = text
            return
        }
        guard numbers.count == words.count, (1...2).contains(numbers.count),
            numbers.allSatisfy({ (0...1000).contains($0) })
        else {
            node.error(
                "\"\(text)\" should be days between stages such as 5 to 15 school days, or the id of a training event")
            return
        }
        guard numbers[0] <= numbers[numbers.count - 1] else {
            node.error(
                "the least (\(numbers[0])) is more than the most (\(numbers[1])); write them the other way round")
            return
        }
        if text.contains("day"), !text.contains("school") {
            node.warning("\"\(text)\" counts the days on which the host is open; write school days to say so")
        }
        stage.gap = numbers[0]...numbers[numbers.count - 1]
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
