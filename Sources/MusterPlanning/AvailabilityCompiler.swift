import CivilTime
import ConcurrentMap
import MusterModel
import MusterPlanner

/// Works out when a person may be booked, and at what cost.
struct AvailabilityCompiler {
    /// What booking a slot costs, by why it is better left free.
    enum Weight {
        static let lesson = 3
        static let tentative = 2
        static let unknown = 1
    }

    let programme: Programme
    let slots: Slots
    let copies: [CalendarSource: CalendarCopy]
    /// Nothing new begins before.
    let earliest: Instant
    /// Published sessions that begin before that: they keep their time, and somebody may still take another's place in
    /// them.
    let near: [Plan.PlannedSession]
    let days: SchoolDayTable
    private let usualHours = Memo<UsualHours, [SlotRange]>()

    /// What the working hours of most people depend on: many share them.
    private struct UsualHours: Hashable {
        /// The days of their schools, by their numbers.
        let days: [Int]
        let pattern: WorkingPattern
        let zone: String
    }

    init(
        programme: Programme, slots: Slots, copies: [CalendarSource: CalendarCopy], earliest: Instant,
        near: [Plan.PlannedSession], days: SchoolDayTable
    ) {
        self.programme = programme
        self.slots = slots
        self.copies = copies
        self.earliest = earliest
        self.near = near
        self.days = days
    }

    struct Availability {
        var free: [SlotRange]
        var avoid: [WeightedRange]
    }

    /// When a post may be booked that several share: whoever holds it on a day.
    func availability(ofPost sharers: [Person]) -> Availability {
        let parts = sharers.map { person in
            availability(of: person) { programme.holder(of: person.id, on: $0) == person.id }
        }
        return Availability(free: SlotSets.union(parts.flatMap(\.free)), avoid: SlotSets.sum(parts.flatMap(\.avoid)))
    }

    /// - Parameter isOnDuty: on which days; nil for all.
    func availability(of person: Person, on isOnDuty: ((CivilDate) -> Bool)? = nil) -> Availability {
        let hours = workingHours(of: person, on: isOnDuty)
        let calendars = calendars(of: person)
        let taken = calendars.flatMap(\.busy).filter { !$0.isTentative }.map { slots.touched($0.start, $0.end) }
        let protected = commitments(of: person, .protected)
        var free = SlotSets.subtract(taken + protected, from: hours)
        let kept = near.map { slots.touched($0.start, $0.end) }
        free = SlotSets.subtract(SlotSets.subtract(kept, from: [SlotRange(0, slots.slot(after: earliest))]), from: free)
        var avoid = weighted(commitments(of: person, .lesson), Weight.lesson, within: free)
        let tentative = calendars.flatMap(\.busy).filter(\.isTentative).map { slots.touched($0.start, $0.end) }
        avoid += weighted(tentative, Weight.tentative, within: free)
        if isUnknown(person) { avoid += weighted(free, Weight.unknown, within: free) }
        return Availability(free: free, avoid: SlotSets.sum(avoid))
    }

    /// Whether nobody knows when the person is busy: they have no calendar, or one of theirs was never read.
    private func isUnknown(_ person: Person) -> Bool {
        person.calendars.isEmpty || person.calendars.contains { copies[$0]?.succeeded == nil }
    }

    private func calendars(of person: Person) -> [CalendarCopy] {
        programme.calendars(binding: person).compactMap { copies[$0] }
    }

    /// The working pattern on days on which none of the person's schools is closed, less where the person is away.
    private func workingHours(of person: Person, on isOnDuty: ((CivilDate) -> Bool)?) -> [SlotRange] {
        let schools = person.schools.compactMap(days.number)
        guard person.away.isEmpty, isOnDuty == nil else {
            let dates = staffedDays(schools).filter { isOnDuty?($0) ?? true }
            return workingHours(of: person, on: dates)
        }
        let usual = UsualHours(days: schools, pattern: person.pattern, zone: person.zone.name)
        return usualHours.value(of: usual) { workingHours(of: person, on: staffedDays(schools)) }
    }

    private func workingHours(of person: Person, on dates: [CivilDate]) -> [SlotRange] {
        var ranges: [SlotRange] = []
        var away: [SlotRange] = []
        for date in dates {
            let absences = person.away.filter { $0.dates.contains(date) }
            guard absences.allSatisfy({ $0.hours != nil }) else { continue }
            for window in person.pattern.hours[date.weekday] ?? [] {
                ranges.append(slots.window(date, window, in: person.zone))
            }
            away += absences.compactMap(\.hours).map { touched($0, on: date, by: person) }
        }
        return SlotSets.subtract(away, from: SlotSets.union(ranges))
    }

    /// - Parameter schools: by the numbers of their days.
    private func staffedDays(_ schools: [Int]) -> [CivilDate] {
        days.staffed(schools) ?? slots.dates.filter { $0.weekday <= .friday }
    }

    /// Every slot of which the hours take something.
    private func touched(_ window: TimeWindow, on date: CivilDate, by person: Person) -> SlotRange {
        slots.touched(
            person.zone.instant(LocalDateTime(date: date, time: window.lowerBound)),
            person.zone.instant(LocalDateTime(date: date, time: window.upperBound)))
    }

    private func commitments(of person: Person, _ kind: WeeklyCommitment.Kind) -> [SlotRange] {
        let commitments = person.commitments.filter { $0.kind == kind }
        guard !commitments.isEmpty else { return [] }
        let days = person.school.flatMap(programme.school)?.days ?? SchoolDays()
        let hasWeeks = commitments.contains { $0.week != nil }
        return slots.dates.flatMap { date -> [SlotRange] in
            let letter = hasWeeks ? days.weekLetter(of: date) : nil
            return commitments.filter { commitment in
                commitment.weekday == date.weekday
                    && (commitment.week == nil || letter == nil || commitment.week == letter)
            }.map { touched($0.window, on: date, by: person) }
        }
    }

    private func weighted(_ ranges: [SlotRange], _ weight: Int, within free: [SlotRange]) -> [WeightedRange] {
        SlotSets.intersect(ranges, free).map { WeightedRange($0.from, $0.to, weight: weight) }
    }
}
