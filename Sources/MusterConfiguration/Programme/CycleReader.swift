import CivilTime
import MusterModel

/// Reads a file of `cycles/`.
struct CycleReader {
    static let keys = [
        "cycle", "name", "partnership", "dates", "team", "stages", "rules", "weights", "hosts", "training", "alarms",
        "visibility", "proposals", "reminders", "reminder-hours", "deadlines", "feedback", "show-attendees-up-to",
        "answer-by",
        "policy", "freeze", "nudges", "escalate", "tentative",
    ]
    static let hostKeys = ["school", "theme", "question", "people", "optional", "excluded", "priority"]
    static let trainingKeys = ["school", "dates", "required", "invited", "places"]

    let collector: DiagnosticCollector
    let names: KnownNames
    let rooms: [Room]
    /// Reads a list of people who are only invited; the ids of those in it.
    let invitees: (ConfigNode) -> [PersonID]

    func read(_ node: ConfigNode) -> Cycle? {
        guard let mapping = node.mapping(Self.keys), let id = mapping.require("cycle")?.string(),
            let dates = mapping.require("dates")?.dates(),
            let partnership = mapping.require("partnership").flatMap({ names.partnership($0) })
        else { return nil }
        if dates.upperBound - dates.lowerBound > 400 {
            mapping["dates"]?.error(
                "the cycle lasts \(dates.upperBound - dates.lowerBound) days; is the year right? 400 are the most")
        }
        let team = mapping["team"].map(team) ?? []
        let stages = (mapping["stages"]?.items ?? []).compactMap { stage($0, team: team.map(\.id)) }
        if let node = mapping["stages"] { checkStages(stages, team: team, node: node) }
        var rules = mapping["rules"].map { RulesReader().read($0) } ?? CycleRules()
        if let node = mapping["weights"] { rules.weights = RulesReader().weights(node) }
        let hosts = (mapping["hosts"]?.items ?? []).compactMap { host($0, partnership) }
        if !hosts.isEmpty, stages.isEmpty { node.error("the cycle has hosts but no stages; write \"stages\"") }
        checkDoubles(hosts, mapping["hosts"])
        let trainings = (mapping["training"]?.items ?? []).flatMap { training($0, dates) }
        for (stage, node) in zip(stages, mapping["stages"]?.items ?? []) { check(stage, follows: trainings, node) }
        if stages.isEmpty, trainings.isEmpty {
            node.warning("the cycle has neither stages nor training: nothing is planned")
        }
        let hours = mapping["reminder-hours"]?.window() ?? Cycle.usualHours
        let reminders = reminders(mapping["reminders"], hours)
        var seen = Set(hosts.map(\.school.rawValue))
        for event in trainings where !seen.insert(event.stage.id).inserted {
            mapping["training"]?.error(
                "two things of this cycle are called \"\(event.stage.id)\"; give each its own id")
        }
        return Cycle(
            id: CycleID(id), name: mapping["name"]?.string() ?? id, partnership: partnership.id, dates: dates,
            team: team,
            stages: stages, rules: rules, hosts: hosts,
            training: trainings,
            alarms: (mapping["alarms"]?.items ?? []).compactMap { $0.minutes(0...20_160) },
            visibility: mapping["visibility"]?.choice(SessionDetails.Visibility.self) ?? .public,
            allowsProposals: mapping["proposals"]?.bool() ?? true,
            reminders: reminders, reminderHours: hours,
            deadlines: DeadlineReader(stages: stages, team: team.map(\.id)).read(mapping["deadlines"]),
            chase: chase(mapping, hours),
            attendeesShownUpTo: mapping["show-attendees-up-to"]?.integer(0...1000) ?? 20,
            policy: mapping["policy"]?.choice(ChangePolicy.self), freeze: mapping["freeze"]?.minutes(0...525_600),
            feedback: mapping["feedback"].flatMap(FeedbackReader(stages: stages, training: trainings).read))
    }

    private func chase(_ mapping: ConfigMapping, _ hours: TimeWindow) -> ChaseRules {
        var rules = ChaseRules(hours: hours)
        if let node = mapping["answer-by"] {
            rules.answerDays = days(node, "the days within which people answer an invitation")
        }
        if let node = mapping["escalate"] {
            rules.escalationDays = days(node, "the days after which somebody else hears that there is no answer")
        }
        if let node = mapping["tentative"] {
            rules.tentativeMinutes = days(node, "the days for which a perhaps counts as an answer").map { $0 * 1440 }
        }
        if let node = mapping["nudges"] { rules.nudges = node.items.compactMap { $0.minutes(60...60 * 1440) } }
        return rules
    }

    /// `7 days`, or `never`.
    private func days(_ node: ConfigNode, _ meaning: String) -> Int? {
        if node.scalar == "never" { return nil }
        let words = (node.scalar ?? "").split(separator: " ")
        guard words.count == 2, ["day", "days"].contains(words[1]), let days = Int(words[0]), (1...60).contains(days)
        else {
            node.error("should be \(meaning), as 7 days, or never")
            return nil
        }
        return days
    }

    private func reminders(_ node: ConfigNode?, _ hours: TimeWindow) -> [ReminderRule] {
        var seen: Set<ReminderRule> = []
        return (node?.items ?? []).compactMap { item in
            guard let rule = reminder(item, hours) else { return nil }
            guard seen.insert(rule).inserted else {
                item.error("\"\(item.scalar ?? "…")\" is the same as another reminder; leave it out")
                return nil
            }
            return rule
        }
    }

    /// `7 days`, `2 h`, `school day before at 16:00`.
    private func reminder(_ node: ConfigNode, _ hours: TimeWindow) -> ReminderRule? {
        let words = (node.scalar ?? "").split(separator: " ")
        guard words.prefix(4).joined(separator: " ") == "school day before at" else {
            return node.minutes(15...525_600).map { .before(minutes: $0) }
        }
        guard words.count == 5, let time = TimeOfDay(words[4]), hours.contains(time) else {
            node.error(
                "write a time from \(hours.lowerBound) to \(hours.upperBound), such as school day before at 16:00")
            return nil
        }
        return .schoolDayBefore(time)
    }

    // MARK: Team and stages

    private func team(_ node: ConfigNode) -> [Cycle.TeamRole] {
        guard let pairs = node.pairs else {
            node.error("here should be roles and how many fill each, such as { lead: 1, reviewer: 2 }")
            return []
        }
        return pairs.compactMap { role, value in
            value.integer(1...20).map { Cycle.TeamRole(id: role.lowercased(), count: $0) }
        }
    }

    private func stage(_ node: ConfigNode, team: [String]) -> Stage? {
        guard let mapping = node.mapping(StageReader.keys), let stage = StageReader(rooms: rooms).read(mapping) else {
            return nil
        }
        if mapping["attend"].map(\.items.isEmpty) ?? false {
            node.warning("nobody comes to \"\(stage.name)\"; name the host or roles of \"team\" under \"attend\"")
        }
        for item in mapping.require("attend")?.items ?? [] {
            let name = (item.scalar ?? "").lowercased()
            guard name != "host", !team.contains(name) else { continue }
            item.error(
                "\"\(name)\" is neither host nor a role of \"team\"\(Suggestion.phrase(for: name, among: team + ["host"]))"
            )
        }
        return stage
    }

    private func checkStages(_ stages: [Stage], team: [Cycle.TeamRole], node: ConfigNode) {
        var seen: Set<String> = []
        for stage in stages where !seen.insert(stage.id).inserted {
            node.error("two stages have the id \"\(stage.id)\"; give each its own")
        }
        for role in team where !stages.contains(where: { $0.attend.contains(role.id) }) {
            node.warning(
                "nobody with the role \"\(role.id)\" comes to any stage; add it to an \"attend\" or leave it out of \"team\""
            )
        }
    }

    private func check(_ stage: Stage, follows trainings: [TrainingEvent], _ node: ConfigNode) {
        guard let training = stage.training, !trainings.contains(where: { $0.stage.id == training }) else { return }
        let known = trainings.map(\.stage.id)
        node.error(
            "\"\(stage.name)\" comes after \"\(training)\", and the cycle has no such training event\(Suggestion.phrase(for: training, among: known))"
        )
    }

    // MARK: Hosts and training

    private func host(_ node: ConfigNode, _ partnership: Partnership) -> Host? {
        guard let mapping = node.mapping(Self.hostKeys),
            let school = mapping.require("school").flatMap({ names.school($0) })
        else { return nil }
        if !partnership.schools.contains(school.id) {
            mapping["school"]?.error(
                "\(school.name) is not in the partnership \"\(partnership.id)\"; add it to its \"schools\" or leave it out here",
                restingOn: .partnerships)
        }
        let people = mapping["people"].map { $0.items.compactMap { names.person($0) } } ?? names.heads(of: school.id)
        if people.isEmpty, mapping["people"] == nil {
            node.error(
                "nobody speaks for \(school.name); name \"people\" here, or give someone of the school the role head in people.csv",
                restingOn: .people)
        }
        return Host(
            school: school.id, theme: mapping["theme"]?.string()?.lowercased(), question: mapping["question"]?.string(),
            people: people, optional: (mapping["optional"]?.items ?? []).compactMap { names.person($0) },
            excluded: (mapping["excluded"]?.items ?? []).compactMap { names.person($0) },
            priority: mapping["priority"]?.integer(1...1000) ?? 1)
    }

    private func checkDoubles(_ hosts: [Host], _ node: ConfigNode?) {
        var seen: Set<SchoolID> = []
        for host in hosts where !seen.insert(host.school).inserted {
            node?.error(
                "the school \(host.school) hosts twice in this cycle; leave it out once or write a second cycle")
        }
    }

    /// An event, once for each of its dates.
    private func training(_ node: ConfigNode, _ cycleDates: ClosedRange<CivilDate>) -> [TrainingEvent] {
        guard let mapping = node.mapping(StageReader.keys + Self.trainingKeys),
            let stage = StageReader(rooms: rooms).read(mapping),
            let school = mapping.require("school").flatMap({ names.school($0) })
        else { return [] }
        let dates = mapping["dates"].map(eventDates) ?? [cycleDates]
        for key in ["attend", "after"] { mapping[key]?.error("a training event has no \"\(key)\"; leave it out") }
        if dates.contains(where: { $0.lowerBound < cycleDates.lowerBound || $0.upperBound > cycleDates.upperBound }) {
            mapping["dates"]?.error("the training lies outside the dates of the cycle; widen those")
        }
        let required = (mapping["required"]?.items ?? []).compactMap { names.person($0) }
        let invited = mapping["invited"].map(invitees) ?? []
        if required.isEmpty, invited.isEmpty {
            node.warning("nobody comes to \"\(stage.name)\"; write \"invited\" or \"required\"")
        }
        // The school that houses an event is told of it like those who come.
        let housing = stage.mode == .online ? [] : names.heads(of: school.id)
        let others = housing.filter { !invited.contains($0) && !required.contains($0) }
        let places = mapping["places"]?.integer(1...100_000)
        return dates.enumerated().map { index, range in
            var own = stage
            if dates.count > 1 { own.id = TrainingEvent.id(of: stage.id, date: index + 1) }
            // Who is asked to which of several dates is said once everybody's id is known.
            let isOneOfSeveral = dates.count > 1
            return TrainingEvent(
                stage: own, school: school.id, dates: range, required: required,
                invited: isOneOfSeveral ? invited : invited + others, places: places,
                series: isOneOfSeveral ? stage.id : nil, invitedToEach: isOneOfSeveral ? others : [])
        }
    }

    /// A first and a last day, or several such, of which each is another date of the same event.
    private func eventDates(_ node: ConfigNode) -> [ClosedRange<CivilDate>] {
        guard node.scalar == nil else { return node.dates().map { [$0] } ?? [] }
        let items = node.items
        guard (1...20).contains(items.count) else {
            node.error("an event takes place on 1 to 20 dates; this one has \(items.count)")
            return []
        }
        return items.compactMap { $0.dates() }
    }
}
