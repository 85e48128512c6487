import CivilTime
import MusterModel

/// The days of each school within a grid, worked out once a school.
struct SchoolDayTable: Sendable {
    private struct Days {
        var open: [Int] = []
        var staffed: [CivilDate] = []
    }

    private let days: [SchoolID: Days]

    init(_ programme: Programme, _ slots: Slots) {
        days = programme.schools.reduce(into: [:]) { table, school in
            var days = Days()
            for date in slots.dates {
                let kind = school.days.kind(of: date)
                if kind == .open { days.open.append(slots.day(date)) }
                if kind != .closed { days.staffed.append(date) }
            }
            table[school.id] = days
        }
    }

    /// The planner's numbers of the days on which pupils are there.
    func open(_ school: School) -> [Int] { days[school.id]?.open ?? [] }

    /// How many of them are after one day, and not after another.
    func openDays(of school: School, after first: Int, through last: Int) -> Int {
        open(school).count { $0 > first && $0 <= last }
    }

    /// The days on which staff are there.
    func staffed(_ school: School) -> [CivilDate] { days[school.id]?.staffed ?? [] }
}
