import CivilTime
import CurlTransport
import MusterCalendars
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// What came of reading calendars.
    public struct CalendarReport: Sendable {
        /// The copies of all calendars of the programme.
        public var copies: [CalendarSource: CalendarCopy]
        /// Whether somebody's busy times are other than before.
        public var isChanged: Bool
    }

    /// Reads every calendar that is due and keeps the copies: a few at a time from one host, many hosts at once.
    ///
    /// - Parameter isAskedFor: whether somebody waits for it: then calendars that failed are tried again at once.
    public func refreshCalendars(isAskedFor: Bool = true) async throws -> CalendarReport {
        let known = try currentCopies()
        let window = calendarWindow
        let due = programme.calendars.filter { isDue($0, known[$0], window, isAskedFor) }
        let reader = try CalendarRefresh(workspace: self, known: known, window: window)
        var report = CalendarReport(copies: known, isChanged: false)
        let webhooks = try webhookComposer
        try await withThrowingTaskGroup(of: [CalendarCopy].self) { group in
            var lanes = Self.lanes(due, perHost: configuration.calendars.perHost)[...]
            for _ in 0..<Self.lanesAtOnce {
                guard let lane = lanes.popFirst() else { break }
                group.addTask { await reader.read(lane) }
            }
            while let copies = try await group.next(), !Task.isCancelled {
                if let lane = lanes.popFirst() { group.addTask { await reader.read(lane) } }
                let news = copies.compactMap { Self.event(known[$0.source], $0) }.map { webhooks.announcement(of: $0) }
                let confirmed = copies.filter { $0.isConfirmation(of: known[$0.source]) }
                let changed = copies.filter { !$0.isConfirmation(of: known[$0.source]) }
                try store.save(changed, confirmed: confirmed, announcing: news)
                for copy in copies {
                    report.isChanged = report.isChanged || copy.busy != known[copy.source]?.busy ?? []
                    report.copies[copy.source] = copy
                }
            }
        }
        return report
    }

    private static let lanesAtOnce = 16

    /// Gets calendars as the config says.
    var calendarFetcher: CalendarFetcher {
        CalendarFetcher(
            transport: CurlHTTPTransport(), configuration: configuration.calendars,
            logins: configuration.calendars.logins.map(CalendarLogin.init))
    }

    /// The copies of all calendars of the programme as they are kept.
    func currentCopies() throws -> [CalendarSource: CalendarCopy] {
        let sources = Set(programme.calendars)
        return try store.calendarCopies().filter { sources.contains($0.key) }
    }

    /// Whether every calendar has been asked for since it, or the season, is what it is.
    public var hasReadCalendars: Bool {
        get throws {
            let copies = try store.calendarCopies(.withoutTimes)
            let window = calendarWindow
            return programme.calendars.allSatisfy { source in
                copies[source].map { $0.window == window || $0.failure != nil } ?? false
            }
        }
    }

    /// When the daemon reads the next calendar: not at every moment, even where a command would.
    public func nextCalendar() throws -> Instant? {
        let copies = try store.calendarCopies(.withoutTimes)
        return programme.calendars.map { max(copies[$0]?.due ?? now(), now() + Self.leastPause) }.min()
    }

    private static let leastPause = 900

    /// Calendars in rows, of each of which one is read at a time; no host has more rows than it may be asked at once.
    private static func lanes(_ sources: [CalendarSource], perHost: Int) -> [[CalendarSource]] {
        Dictionary(grouping: sources, by: \.host).sorted { $0.key < $1.key }.flatMap { _, sources in
            let count = min(perHost, sources.count)
            return (0..<count).map { lane in
                sources.indices.filter { $0 % count == lane }.map { sources[$0] }
            }
        }
    }

    /// What others are told of a calendar: that it cannot be read any more, or again.
    private static func event(_ before: CalendarCopy?, _ after: CalendarCopy) -> Event? {
        switch (before?.failure == nil, after.failure == nil) {
        case (true, false): .calendar(.calendarStale, after, at: after.attempted)
        case (false, true): .calendar(.calendarRecovered, after, at: after.attempted)
        default: nil
        }
    }

    /// From a month before the season to a month after it.
    private var calendarWindow: Range<Instant> {
        let today = now().utc.date
        let dates = programme.dates ?? today...today
        return Instant(
            utc: LocalDateTime(date: dates.lowerBound - 31))..<Instant(utc: LocalDateTime(date: dates.upperBound + 31))
    }

    /// Files are read each time; what comes over the network when it is due, or its copy was made for another window.
    private func isDue(
        _ source: CalendarSource, _ copy: CalendarCopy?, _ window: Range<Instant>, _ isAskedFor: Bool
    ) -> Bool {
        guard source.isRemote, let copy, copy.window == window else { return true }
        return copy.due <= now() || isAskedFor && copy.failure != nil
    }

    /// What is to be said about calendars that cannot be relied on, and how old they are.
    public func calendarRemarks(_ copies: [CalendarSource: CalendarCopy]) -> [String] {
        programme.calendars.compactMap { source in
            guard let copy = copies[source], copy.freshness != .fresh || !copy.remarks.isEmpty else { return nil }
            let reason = copy.failure ?? "was never read"
            let name = source.isRemote ? "\(source.label) (\(programme.owner(of: source)))" : source.label
            switch copy.freshness {
            case .fresh:
                guard let first = copy.remarks.first else { return nil }
                return "read     \(name): \(Wording.count(copy.remarks.count, "remark")), the first on \(first)"
            case .stale:
                let age = Wording.age(now() - (copy.succeeded ?? now()))
                return "stale    \(name) \(reason); using the copy of \(age) ago"
            case .unknown:
                return "unknown  \(name) \(reason); planned by working hours alone"
            }
        }
    }
}

/// One round of reading calendars: what every reading needs to know.
private struct CalendarRefresh: Sendable {
    let fetcher: CalendarFetcher
    let known: [CalendarSource: CalendarCopy]
    let window: Range<Instant>
    let zones: [CalendarSource: TimeZoneRules]
    let schedule: PollSchedule
    let own: Set<String>
    let ownTimes: Set<Range<Instant>>
    let now: @Sendable () -> Instant

    init(workspace: Workspace, known: [CalendarSource: CalendarCopy], window: Range<Instant>) throws {
        let configuration = workspace.configuration.calendars
        fetcher = workspace.calendarFetcher
        self.known = known
        self.window = window
        zones = workspace.programme.calendarZones
        schedule = PollSchedule(interval: configuration.refreshHours * 3600)
        own = try workspace.store.sessionUIDs()
        ownTimes = Set(try workspace.store.publishedSessions().map { $0.details.start..<$0.details.end })
        now = workspace.now
    }

    /// Reads calendars one after the other.
    func read(_ sources: [CalendarSource]) async -> [CalendarCopy] {
        var copies: [CalendarCopy] = []
        for source in sources where !Task.isCancelled {
            let previous = known[source].map(usable)
            let reading = CopyUpdater(
                window: window, zone: zones[source] ?? .utc, schedule: schedule, ownTimes: ownTimes
            ) { own.contains($0) }
            let answer = await fetcher.fetch(source, previous: previous, window: window)
            // What was broken off by the end of the program says nothing of the calendar.
            if Task.isCancelled { break }
            copies.append(reading.copy(of: source, after: answer, previous: previous, at: now()))
        }
        return copies
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

extension CalendarLogin {
    /// A login with its secret as it is now.
    fileprivate init(_ login: Configuration.Calendars.Login) {
        switch login.proof {
        case .password(let user, let secret):
            self.init(host: login.host, user: user, password: Result { try Secrets.read(secret) })
        case .token(let secret): self.init(host: login.host, token: Result { try Secrets.read(secret) })
        }
    }
}

extension Programme {
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
