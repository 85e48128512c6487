import CivilTime
import MusterCalendars
import MusterConfiguration
import MusterModel
import MusterStore

/// One round of reading calendars: what every reading needs to know.
struct CalendarRefresh: Sendable {
    /// A calendar that is not read within this time is given up.
    private static let longestReading = Duration.seconds(60)

    private let fetcher: CalendarFetcher
    private let known: [CalendarSource: CalendarCopy]
    private let window: Range<Instant>
    private let zones: [CalendarSource: TimeZoneRules]
    private let owners: [CalendarSource: Set<String>]
    private let schedule: PollSchedule
    private let own: Set<String>
    private let ownTimes: Set<Range<Instant>>
    private let hosts = HostPatience()
    private let now: @Sendable () -> Instant

    init(workspace: Workspace, known: [CalendarSource: CalendarCopy], window: Range<Instant>) throws {
        let configuration = workspace.configuration.calendars
        fetcher = workspace.calendarFetcher
        self.known = known
        self.window = window
        zones = workspace.programme.calendarZones
        owners = workspace.programme.calendarOwners
        schedule = PollSchedule(interval: configuration.refreshHours * 3600)
        own = try workspace.store.sessionUIDs()
        ownTimes = try workspace.store.publishedTimes()
        now = workspace.now
    }

    /// Reads calendars one after the other.
    func read(_ sources: [CalendarSource]) async -> [CalendarCopy] {
        var copies: [CalendarCopy] = []
        for source in sources where !Task.isCancelled {
            let previous = known[source].map(usable)
            let answer = await fetch(source, previous)
            let updater = updater(for: source)
            let now = now()
            let update = { @Sendable in updater.copy(of: source, after: answer, previous: previous, at: now) }
            // Whatever a stranger wrote, it keeps nobody waiting who has something else to do.
            let copy =
                answer.hasContent ? await DedicatedThread.run(within: Self.longestReading, update) : update()
            // What was broken off by the end of the program says nothing of the calendar.
            if Task.isCancelled { break }
            copies.append(
                copy
                    ?? updater.copy(
                        of: source, after: .failed("takes too long to read and was given up"), previous: previous,
                        at: now))
        }
        return copies
    }

    /// Whether nothing of a calendar is going to be read, since its file is what it was.
    func isUnchanged(_ source: CalendarSource) -> Bool {
        fetcher.isUnchanged(source, since: known[source].map(usable))
    }

    /// The copy of a calendar that is not read for now, since the program did not survive that; nil where it is read.
    func leftAside(_ source: CalendarSource, _ reading: UnfinishedReading) -> CalendarCopy? {
        let now = now()
        guard let until = schedule.leftAside(source, after: reading), until > now else { return nil }
        let reason = "was being read when muster broke off, \(reading.count) times; it is left aside for now"
        return updater(for: source).copy(
            of: source, after: .failed(reason, retryAfter: until - now), previous: known[source], at: now)
    }

    private func fetch(_ source: CalendarSource, _ previous: CalendarCopy?) async -> FetchResult {
        guard !hosts.isExhausted(by: source.host) else {
            return .failed("is left for later, since its server answers too slowly")
        }
        let begun = now()
        let answer = await fetcher.fetch(source, previous: previous, window: window)
        hosts.note(source.host, seconds: now() - begun)
        return answer
    }

    private func updater(for source: CalendarSource) -> CopyUpdater {
        let own = own
        return CopyUpdater(
            window: window, zone: zones[source] ?? .utc, owners: owners[source] ?? [], schedule: schedule,
            ownTimes: ownTimes
        ) { own.contains($0) }
    }

    /// The copy to compare with; for another window the server must send the document anew.
    private func usable(_ copy: CalendarCopy) -> CalendarCopy {
        guard copy.window != window else { return copy }
        var copy = copy
        copy.entityTag = nil
        copy.lastModified = nil
        copy.collections = [:]
        return copy
    }
}

extension Programme {
    /// The addresses of those who have a calendar for themselves; what several share declines for none of them.
    fileprivate var calendarOwners: [CalendarSource: Set<String>] {
        let shared = Set(partnerships.flatMap(\.calendars) + schools.flatMap(\.calendars))
        var owners: [CalendarSource: [Person]] = [:]
        for person in people { for source in person.calendars { owners[source, default: []].append(person) } }
        return owners.filter { $1.count == 1 && !shared.contains($0) }.mapValues {
            Set($0.map { $0.address.lowercased() })
        }
    }

    /// Whole days and floating times of a calendar are those of whoever it belongs to.
    fileprivate var calendarZones: [CalendarSource: TimeZoneRules] {
        var zones: [CalendarSource: TimeZoneRules] = [:]
        for partnership in partnerships {
            let zone = partnership.schools.first.flatMap(school)?.zone
            for source in partnership.calendars { zones[source] = zone }
        }
        for school in schools { for source in school.calendars { zones[source] = school.zone } }
        for person in people { for source in person.calendars { zones[source] = person.zone } }
        return zones
    }
}
