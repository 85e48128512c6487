import CivilTime
import MusterModel

/// The days of schools within a grid, worked out once for all that have the same.
struct SchoolDayTable: Sendable {
    private struct Days {
        var open: [Int] = []
        var staffed: [CivilDate] = []

        init(_ days: SchoolDays, _ slots: Slots) {
            for date in slots.dates {
                let kind = days.kind(of: date)
                if kind == .open { open.append(slots.day(date)) }
                if kind != .closed { staffed.append(date) }
            }
        }
    }

    private var days: [Days] = []
    private var numbers: [SchoolID: Int] = [:]

    init(_ programme: Programme, _ slots: Slots) {
        var known: [SchoolDays: Int] = [:]
        for school in programme.schools {
            let number = known[school.days] ?? days.count
            if number == days.count {
                known[school.days] = number
                days.append(Days(school.days, slots))
            }
            numbers[school.id] = number
        }
    }

    /// A number that schools have in common whose days are the same; nil for a school that the programme does not have.
    func number(of school: SchoolID) -> Int? { numbers[school] }

    /// The planner's numbers of the days on which pupils are there.
    func open(_ school: School) -> [Int] { numbers[school.id].map { days[$0].open } ?? [] }

    /// How many of them are after one day, and not after another.
    func openDays(of school: School, after first: Int, through last: Int) -> Int {
        open(school).count { $0 > first && $0 <= last }
    }

    /// The days on which staff are at all of the schools, by their numbers; nil for whoever is of none.
    func staffed(_ numbers: [Int]) -> [CivilDate]? {
        guard let first = numbers.first else { return nil }
        let others = numbers.dropFirst().map { Set(days[$0].staffed) }
        return days[first].staffed.filter { date in others.allSatisfy { $0.contains(date) } }
    }
}
