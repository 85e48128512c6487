import CivilTime
import CurlTransport
import MusterModel
import MusterProgramme
import MusterStore

extension Workspace {
    /// Reads every calendar that is due, at most eight at a time, and keeps the copies.
    ///
    /// - Returns: the copies of all calendars of the programme.
    public func refreshCalendars() async throws -> [CalendarSource: CalendarCopy] {
        let known = try store.calendarCopies()
        let window = calendarWindow
        let fetcher = CalendarFetcher(transport: CurlHTTPTransport(), configuration: configuration.calendars)
        let own = try store.sessionUIDs()
        let ownTimes = Set(try store.publishedSessions().map { $0.details.start..<$0.details.end })
        let zones = calendarZones
        let sources = programme.calendars
        let due = sources.filter { isDue($0, known[$0], window) }
        let copies = await withTaskGroup(of: CalendarCopy.self) { group in
            var copies: [CalendarCopy] = []
            for (index, source) in due.enumerated() {
                if index >= 8, let copy = await group.next() { copies.append(copy) }
                let previous = known[source].map { Self.usable($0, window) }
                let reading = CalendarReading(window: window, zone: zones[source] ?? .utc, ownTimes: ownTimes) {
                    own.contains($0)
                }
                let now = now
                group.addTask {
                    let answer = await fetcher.fetch(source, previous: previous)
                    return reading.copy(of: source, after: answer, previous: previous, at: now())
                }
            }
            for await copy in group { copies.append(copy) }
            return copies
        }
        try store.save(copies)
        let all = known.merging(copies.map { ($0.source, $0) }, uniquingKeysWith: { $1 })
        return all.filter { sources.contains($0.key) }
    }

    /// From a month before the season to a month after it.
    private var calendarWindow: Range<Instant> {
        let today = now().utc.date
        let dates = programme.dates ?? today...today
        return Instant(
            utc: LocalDateTime(date: dates.lowerBound - 31))..<Instant(utc: LocalDateTime(date: dates.upperBound + 31))
    }

    /// Files are read each time; what comes over the network when its copy is old enough, or was made for another
    /// window.
    private func isDue(_ source: CalendarSource, _ copy: CalendarCopy?, _ window: Range<Instant>) -> Bool {
        guard source.isRemote, let copy, copy.window == window, copy.failure == nil else { return true }
        return now() - copy.attempted >= configuration.calendars.refreshHours * 3600
    }

    /// The copy to compare with; for another window the server must send the document anew.
    private static func usable(_ copy: CalendarCopy, _ window: Range<Instant>) -> CalendarCopy {
        guard copy.window != window else { return copy }
        var copy = copy
        copy.entityTag = nil
        copy.lastModified = nil
        return copy
    }

    /// Whole days and floating times of a calendar are those of whoever it belongs to.
    private var calendarZones: [CalendarSource: TimeZoneRules] {
        var zones: [CalendarSource: TimeZoneRules] = [:]
        for partnership in programme.partnerships {
            let zone = partnership.schools.first.flatMap(programme.school)?.zone
            for source in partnership.calendars { zones[source] = zone }
        }
        for school in programme.schools { for source in school.calendars { zones[source] = school.zone } }
        for person in programme.people { for source in person.calendars { zones[source] = person.zone } }
        return zones
    }

    /// What is to be said about calendars that cannot be relied on, and how old they are.
    public func calendarRemarks(_ copies: [CalendarSource: CalendarCopy]) -> [String] {
        programme.calendars.compactMap { source in
            guard let copy = copies[source] else { return nil }
            let reason = copy.failure ?? "was never read"
            switch copy.freshness {
            case .fresh:
                guard let first = copy.remarks.first else { return nil }
                return "read     \(source.label): \(Wording.count(copy.remarks.count, "remark")), the first on \(first)"
            case .stale:
                let age = Wording.age(now() - (copy.succeeded ?? now()))
                return "stale    \(source.label) \(reason); using the copy of \(age) ago"
            case .unknown:
                return "unknown  \(source.label) \(reason); planned by working hours alone"
            }
        }
    }
}
