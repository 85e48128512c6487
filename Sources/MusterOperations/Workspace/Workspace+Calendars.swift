import CivilTime
import CurlTransport
import Foundation
import MusterCalendars
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// What came of reading calendars.
    struct CalendarReport: Sendable {
        /// The copies of all calendars of the programme.
        var copies: [CalendarSource: CalendarCopy]
        /// Whether somebody's busy times are other than before.
        var isChanged: Bool
    }

    /// Reads every calendar that is due and keeps the copies: a few at a time from one host, many hosts at once.
    ///
    /// - Parameter isAskedFor: whether somebody waits for it: then calendars that failed are tried again at once.
    func refreshCalendars(isAskedFor: Bool = true) async throws -> CalendarReport {
        let known = try currentCopies()
        let window = calendarWindow
        // Who has the lock knows that the readings that are noted were left by a program that has ended; without it they
        // may be under way, and are nobody's business.
        let lock = try StateLock.take("calendars.lock", in: stateDirectory)
        defer { withExtendedLifetime(lock) {} }
        let unfinished = lock == nil ? [:] : try store.unfinishedReadings()
        let due = programme.calendars.filter { isDue($0, copy: known[$0], window: window, isAskedFor: isAskedFor) }
        let refresh = try CalendarRefresh(workspace: self, known: known, window: window)
        let aside = due.compactMap { source in unfinished[source].flatMap { refresh.leftAside(source, $0) } }
        let leftAside = Set(aside.map(\.source))
        let readable = due.filter { !leftAside.contains($0) }
        var report = CalendarReport(copies: known, isChanged: false)
        try keep(aside, finished: [], &report)
        let trusted = readable.filter { unfinished[$0] == nil }
        let lanes = Self.lanes(trusted, perHost: configuration.calendars.perHost)
        try await read(lanes, atOnce: Self.lanesAtOnce, with: refresh, &report) {
            lock != nil && !refresh.isUnchanged($0)
        }
        // One that may have ended the program is read alone, so that it takes no other with it.
        let suspected = readable.filter { unfinished[$0] != nil }
        try await read(suspected.map { [$0] }, atOnce: 1, with: refresh, &report) { _ in true }
        return report
    }

    /// Reads lanes a part at a time, and notes before each part what of it is going to be read.
    private func read(
        _ lanes: [[CalendarSource]], atOnce: Int, with refresh: CalendarRefresh, _ report: inout CalendarReport,
        noting isNoted: (CalendarSource) -> Bool
    ) async throws {
        var waiting = lanes.map { $0[...] }[...]
        var open: Set<CalendarSource> = []
        // What ends in order says nothing of the calendars.
        defer { if !open.isEmpty { try? store.endReading(Array(open)) } }
        try await withThrowingTaskGroup(
            of: (copies: [CalendarCopy], noted: [CalendarSource], rest: ArraySlice<CalendarSource>).self
        ) { group in
            func begin() throws {
                guard let lane = waiting.popFirst() else { return }
                let part = Array(lane.prefix(Self.most(of: lane)))
                let noted = part.filter(isNoted)
                if !noted.isEmpty {
                    open.formUnion(noted)
                    try store.beginReading(noted, at: now())
                }
                group.addTask { (await refresh.read(part), noted, lane.dropFirst(part.count)) }
            }
            for _ in 0..<atOnce { try begin() }
            while let (copies, noted, rest) = try await group.next(), !Task.isCancelled {
                if !rest.isEmpty { waiting.append(rest) }
                try begin()
                try keep(copies, finished: noted, &report)
                open.subtract(noted)
            }
        }
    }

    private func keep(
        _ copies: [CalendarCopy], finished: [CalendarSource], _ report: inout CalendarReport
    ) throws {
        let webhooks = try webhookComposer
        let news = copies.compactMap { Self.event(report.copies[$0.source], $0) }.map { webhooks.announcement(of: $0) }
        let confirmed = copies.filter { $0.isConfirmation(of: report.copies[$0.source]) }
        let changed = copies.filter { !$0.isConfirmation(of: report.copies[$0.source]) }
        try store.save(changed, confirmed: confirmed, finished: finished, announcing: news)
        for copy in copies {
            let known = report.copies.updateValue(copy, forKey: copy.source)
            report.isChanged = report.isChanged || copy.busy != known?.busy ?? []
        }
    }

    private static let lanesAtOnce = 16
    /// So many calendars of a lane are read before their copies are kept: files are soon read, and each keeping waits for
    /// the disk.
    private static func most(of lane: ArraySlice<CalendarSource>) -> Int { lane.first?.isRemote == true ? 50 : 250 }

    /// Gets calendars as the config says.
    var calendarFetcher: CalendarFetcher {
        CalendarFetcher(
            transport: CurlHTTPTransport(), configuration: configuration.calendars,
            logins: configuration.calendars.logins.map(CalendarLogin.init))
    }

    /// The copies of all calendars of the programme as they are kept.
    func currentCopies() throws -> [CalendarSource: CalendarCopy] {
        var copies = try store.calendarCopies()
        let owners = programme.calendarOwners
        for source in copies.keys where owners[source] == nil { copies[source] = nil }
        return copies
    }

    /// Whether every calendar has been asked for since it, or the season, is what it is.
    var hasReadCalendars: Bool {
        get throws {
            haveBeenRead(try store.calendarCopies(.withoutTimes))
        }
    }

    /// The same where copies are at hand.
    func haveBeenRead(_ copies: [CalendarSource: CalendarCopy]) -> Bool {
        let window = calendarWindow
        return programme.calendarOwners.keys.allSatisfy { source in
            copies[source].map { $0.window == window || $0.failure != nil } ?? false
        }
    }

    /// When the daemon reads the next calendar: not at every moment, even where a command would.
    func nextCalendar(_ copies: [CalendarSource: CalendarCopy]) -> Instant? {
        programme.calendars.map { max(copies[$0]?.due ?? now(), now() + Self.leastPause) }.min()
    }

    private static let leastPause = 900

    /// Calendars in rows, of each of which one is read at a time; no host has more rows than it may be asked at once, and
    /// files, which nobody is asked for, as many as keep all cores busy.
    private static func lanes(_ sources: [CalendarSource], perHost: Int) -> [[CalendarSource]] {
        let forFiles = max(perHost, 2 * ProcessInfo.processInfo.activeProcessorCount)
        return Dictionary(grouping: sources, by: \.host).sorted { $0.key < $1.key }.flatMap { host, sources in
            let count = min(host.isEmpty ? forFiles : perHost, sources.count)
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
        _ source: CalendarSource, copy: CalendarCopy?, window: Range<Instant>, isAskedFor: Bool
    ) -> Bool {
        guard source.isRemote, let copy, copy.window == window else { return true }
        return copy.due <= now() || isAskedFor && copy.failure != nil
    }

    /// What is to be said about calendars that cannot be relied on, and how old they are.
    public func calendarRemarks(
        _ copies: [CalendarSource: CalendarCopy], of calendars: [CalendarSource]? = nil
    ) -> [String] {
        let odd = (calendars ?? programme.calendars).compactMap { source in
            copies[source].flatMap { $0.freshness != .fresh || !$0.remarks.isEmpty ? (source, $0) : nil }
        }
        let owners = odd.isEmpty ? [:] : programme.calendarOwners
        return odd.compactMap { source, copy in
            let reason = copy.failure ?? "was never read"
            let name = source.isRemote ? "\(source.label) (\(owners[source] ?? "nobody"))" : source.label
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
