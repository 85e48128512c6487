import MusterPlanner
import MusterTestSupport

extension Problem {
    /// Groups that tracks of random problems are of; nil for none.
    static let someGroups: [String?] = ["spring", "summer", nil]

    /// Adds what was held of a track of the problem, or of another, and a group that may have a limit.
    mutating func addHeld(_ random: inout SeededGenerator) {
        let day = 1440 / slotMinutes
        for name in ["t0", "over"] where random.chance(60) {
            var history = Held(track: name, group: Self.someGroups[random.number(0...2)])
            history.team = (0..<people.count).filter { _ in random.chance(25) }.map { "p\($0)" } + ["gone"]
            if random.chance(60) {
                let start = random.number(-2...2 * day)
                let required = history.team.contains("p0") ? [] : ["p0"]
                history.sessions = [Held.Session(start: start, slots: 1, team: history.team, required: required)]
            }
            held.append(history)
        }
        groups = [Group(id: "spring", maxTracks: random.chance(60) ? random.number(0...2) : nil)]
    }
}
