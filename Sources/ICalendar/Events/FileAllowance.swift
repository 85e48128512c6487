/// What is left of the work that one file may cause, by all its calendars together, since they come from strangers.
///
/// An object, so that those who work on the file draw on the same.
final class FileAllowance {
    /// For the rules of its events.
    var rules: RecurrenceRule.Budget
    /// For the rules of its time zones.
    var zones = RecurrenceRule.Budget(occurrences: 200_000, steps: 4_000_000)
    /// Names of time zones to look for outside the file, each of which may cost several looks at the disk.
    var zoneNames = 1000
    /// Remarks to keep; nil where that there were more has been said.
    private var remarks: Int? = 200

    init(rules: RecurrenceRule.Budget = RecurrenceRule.Budget()) {
        self.rules = rules
    }

    /// Those remarks for which there is room.
    func keep(_ found: [CalendarDiagnostic]) -> [CalendarDiagnostic] {
        guard let room = remarks else { return [] }
        guard found.count > room else {
            remarks = room - found.count
            return found
        }
        remarks = nil
        return found.prefix(room) + [.andMore]
    }
}

extension RecurrenceRule.Budget {
    /// What one rule of many may use up: half of what is left, so that none takes everything from those that follow.
    var share: Self { Self(occurrences: (occurrences + 1) / 2, steps: (steps + 1) / 2) }

    /// Takes away what a rule used up.
    mutating func pay(for work: RecurrenceRule.Work) {
        steps -= min(steps, work.steps)
        occurrences -= min(occurrences, work.occurrences)
    }
}
