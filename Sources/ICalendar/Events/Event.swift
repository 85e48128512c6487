import CivilTime

/// A `VEVENT` as far as its times and its claim on them go.
final class Event: Sendable {
    let uid: String
    let line: Int
    let start: EventStart
    let claim: Occurrence.Claim
    /// How it recurs; nil where it does not.
    let recurrence: Recurrence?
    /// The instance of a series that it replaces.
    let override: Override?
    /// The longest that one instance can be or claim, in seconds.
    let longestSpan: Int
    /// Seconds before each start that are claimed as well.
    let travel: Int
    private let duration: EventDuration
    private let ownDurations: [Instant: EventDuration]
    private let sequence: Int
    private let stamp: String

    /// The instances of a series, and those that are taken out of it.
    struct Recurrence {
        var rules: [RecurrenceRule] = []
        var exceptionRules: [RecurrenceRule] = []
        var dates: [Instant] = []
        /// How long instances of `RDATE` are that say so themselves.
        var durations: [Instant: EventDuration] = [:]
        var excludedInstants = InstantSet()
        var excludedDates: Set<CivilDate> = []

        var hasInstances: Bool { !rules.isEmpty || !dates.isEmpty }
        var hasExceptions: Bool { !excludedInstants.isEmpty || !excludedDates.isEmpty }
    }

    /// The instance of a series that an event replaces.
    struct Override {
        let id: CalendarTime
        /// The moment of `id`, taken by itself.
        let instant: Instant
        /// Whether every later instance is changed too (`RANGE=THISANDFUTURE`).
        let changesFuture: Bool
    }

    init(
        uid: String, line: Int, start: EventStart, duration: EventDuration, travel: Int, claim: Occurrence.Claim,
        recurrence: Recurrence?, override: Override?, sequence: Int, stamp: String
    ) {
        self.uid = uid
        self.line = line
        self.start = start
        self.duration = duration
        self.travel = travel
        self.claim = claim
        self.recurrence = recurrence
        self.override = override
        self.sequence = sequence
        self.stamp = stamp
        ownDurations = recurrence?.durations ?? [:]
        longestSpan = ownDurations.values.reduce(duration.longest) { max($0, $1.longest) }
    }

    /// Which of two versions of an event is the newer (RFC 5546 §2.1.5).
    var revision: (Int, String) { (sequence, stamp) }

    /// When an instance ends.
    func end(of start: Instant) -> Instant {
        let own = ownDurations.isEmpty ? nil : ownDurations[start]
        return (own ?? duration).end(of: start, in: self.start.zone)
    }

    /// When the claim of an instance ends: with it, but not before its day does where it is a day without a length.
    func claimEnd(of start: Instant, ending end: Instant) -> Instant {
        guard start == end, self.start.isAllDay else { return end }
        return self.start.zone.instant(LocalDateTime(date: self.start.zone.local(start).date + 1))
    }

    /// The original start of an instance that this event replaces, as its series counts it: a whole day named for a
    /// timed series is the instance of that day, and a time named for a series of whole days is its day.
    func original(in master: Event?) -> Instant? {
        guard let override, let master else { return override?.instant }
        return master.start.instant(matching: override.id, otherwise: override.instant)
    }

    /// Whether an instance is taken out by `EXDATE`.
    func isExcluded(_ start: Instant) -> Bool {
        guard let recurrence, recurrence.hasExceptions else { return false }
        return recurrence.excludedInstants.contains(start)
            || !recurrence.excludedDates.isEmpty && recurrence.excludedDates.contains(self.start.zone.local(start).date)
    }
}
