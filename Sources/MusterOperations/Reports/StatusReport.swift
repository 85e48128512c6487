import CivilTime
import MusterConfiguration
import MusterModel
import MusterStore

/// How a programme and its daemon are doing: the one source of `muster status`, the unit's status line, the metrics and
/// the digest.
public struct StatusReport: Codable, Sendable {
    /// The published plan.
    public struct Published: Codable, Sendable {
        /// The number of the revision.
        public var revision: Int
        /// When it was published.
        public var at: Instant
        /// Why, in a few words.
        public var note: String
        /// `14 of 15 schools, 43 sessions`.
        public var summary: String
        /// Hosts and events that are not scheduled, each with its first reason.
        public var missing: [Missing]
    }

    /// A host or event that is not scheduled.
    public struct Missing: Codable, Sendable {
        /// The track.
        public var track: TrackID
        /// What people call it.
        public var label: String
        /// Why, in a sentence.
        public var reason: String
    }

    /// The sessions that are published.
    public struct Sessions: Codable, Sendable {
        /// Those to come.
        public var toCome: Int
        /// Those that have begun.
        public var begun: Int
        /// The next one: `Review at Oakford Primary, Wed 13 Jan 2027, 14:00`.
        public var next: String?
    }

    /// How far calendars can be relied on.
    public struct Calendars: Codable, Sendable {
        /// How many there are of each kind.
        public var counts: [CalendarCopy.Freshness: Int]
        /// What is to be said about them.
        public var remarks: [String]
        /// When the oldest copy in use was read.
        public var oldestSuccess: Instant?

        /// All of them.
        public var total: Int { counts.values.reduce(0, +) }
        /// Those whose last reading succeeded.
        public var fresh: Int { counts[.fresh] ?? 0 }
    }

    /// Why the state cannot be written; nil where it can.
    public var trouble: String?
    /// Why nobody gets a mail, as a sentence; nil where mails leave this machine.
    public var deadEnd: String?
    /// Why secrets cannot be had, each as a sentence that begins with its use.
    public var missingSecrets: [String]
    /// Whether the config as it is written has errors, so that an earlier one is in force.
    public var hasConfigErrors = false
    /// When it was looked at.
    public var at: Instant
    /// The published plan; nil before anything was published.
    public var published: Published?
    /// The sessions that are published.
    public var sessions: Sessions
    /// How people answered about those to come: by the answer, `none` for none.
    public var answers: [String: Int]
    /// Mails that wait for somebody to read them.
    public var waitingMails: Int
    /// When a mail was taken last; nil for never.
    public var lastIncoming: Instant?
    /// When the answer to a test invitation came last; nil for never.
    public var roundTrip: Instant?
    /// How the mailbox fares from which answers are read; nil where there is none.
    public var mailbox: MailboxPosition?
    /// The change to the plan that waits for somebody's yes; nil for none.
    public var proposal: PlanChange?
    /// How many messages there are of each destination, kind and state.
    public var messages: [OutboxStatistic]
    /// How each destination is doing.
    public var destinations: [Destination]
    /// The newest messages that were given up.
    public var dead: [MessageSummary]
    /// How many messages wait after a failure.
    public var stuck: Int
    /// The oldest of them.
    public var oldestStuck: MessageSummary?
    /// When the next reminder is due; nil where none is to come.
    public var nextReminder: Instant?
    /// How many reminders have each outcome.
    public var reminders: [String: Int]
    /// How far calendars can be relied on.
    public var calendars: Calendars
    /// What coordinators decided, a line each.
    public var decisions: [String]
    /// Messages that were delivered or given up and have been forgotten since.
    public var forgotten: [ForgottenMessages]
    /// Bytes of the database.
    public var databaseBytes: Int
    /// When a backup was written last; nil for never.
    public var lastBackup: Instant?

    /// Whether somebody has to do something: mails were given up or wait for approval, or a way is closed.
    public var needsSomebody: Bool {
        !dead.isEmpty || !missingSecrets.isEmpty || waitingMails > 0 || proposal != nil
            || mailbox?.failure != nil
            || (outbox[.held] ?? 0) > 0
            || destinations.contains { $0.givenUp != nil || $0.failingSince.map { at - $0 >= 3600 } ?? false }
    }

    /// How many messages are in each state.
    public var outbox: [OutboxMessage.State: Int] {
        messages.reduce(into: [:]) { $0[$1.state, default: 0] += $1.count }
    }
}

extension StatusReport {
    private static let mostStuck = 1000

    /// Looks at a state.
    ///
    /// - Parameters:
    ///   - nextReminder: when the next reminder is due, where that is known: to work it out takes a look at everything.
    ///   - trouble: why the state cannot be written; nil where it can.
    public init(_ workspace: Workspace, nextReminder: Instant?, trouble: StoreError?) throws {
        let (store, now) = (workspace.store, workspace.now())
        self.trouble = trouble?.description
        deadEnd = workspace.deadEnd
        missingSecrets = workspace.missingSecrets
        at = now
        published = try store.latestRevision().map { Published($0, workspace.programme) }
        sessions = try Sessions(store, at: now)
        answers = try store.answerCounts(at: now)
        waitingMails = try store.waitingMails()
        lastIncoming = try store.lastIncomingMail()
        roundTrip = try store.lastRoundTrip()
        mailbox = try workspace.mailboxID.map { try store.mailboxPosition($0) }
        proposal = try store.openChange()
        messages = try store.outboxStatistics()
        destinations = try workspace.destinations.map { try store.destination($0) }
        dead = try store.messageHeads([.dead], limit: 5).map { MessageSummary($0, workspace.programme) }
        let waiting = try store.messageHeads([.due, .claimed], limit: Self.mostStuck).filter { $0.lastError != nil }
        stuck = waiting.count
        oldestStuck = waiting.last.map { MessageSummary($0, workspace.programme) }
        self.nextReminder = nextReminder
        reminders = try store.reminderCounts()
        calendars = try Calendars(workspace)
        decisions = try store.decisions().map(workspace.line)
        forgotten = try store.forgottenMessages()
        databaseBytes = store.bytes
        lastBackup = try store.lastBackup()
    }
}

extension Workspace {
    /// One line: `2  moved      spring/900001/review to Thu 14 Jan 14:00 (m.smith: the hall is taken)`.
    fileprivate func line(_ decision: Decision) -> String {
        let what =
            switch decision.kind {
            case .pin: "pinned     \(decision.subject)"
            case .move(let start): "moved      \(decision.subject) to \(hostTime(start, of: decision.session))"
            case .cancel: "cancelled  \(decision.subject)"
            }
        let words = [decision.author, decision.reason].filter { !$0.isEmpty }.joined(separator: ": ")
        return "\(decision.number)  \(what)\(words.isEmpty ? "" : " (\(words))")"
    }
}

extension StatusReport.Published {
    fileprivate init(_ revision: Revision, _ programme: Programme) {
        self.init(
            revision: revision.number, at: revision.at, note: revision.note,
            summary: revision.plan.summary(of: programme),
            missing: revision.plan.unscheduled.map {
                StatusReport.Missing(
                    track: $0.id, label: programme.label(of: $0.id),
                    reason: $0.reasons.first ?? "could not be scheduled")
            })
    }
}

extension StatusReport.Sessions {
    fileprivate init(_ store: Store, at now: Instant) throws {
        let counts = try store.sessionCounts(at: now)
        let next = try store.nextSession(after: now)
        self.init(
            toCome: counts.toCome, begun: counts.begun,
            next: next.map {
                "\($0.title), \(Wording.moment($0.start, in: TimeZoneDatabase.system[$0.zone] ?? .utc))"
            })
    }
}

extension StatusReport.Calendars {
    fileprivate init(_ workspace: Workspace) throws {
        let states = try workspace.store.calendarStates()
        let known = workspace.programme.calendars
        counts = known.reduce(into: [:]) { counts, source in
            let state = states[source]
            counts[.init(succeeded: state?.succeeded, isFailing: state?.isFailing ?? false), default: 0] += 1
        }
        remarks = try workspace.unreliableCalendars()
        oldestSuccess = known.compactMap { states[$0]?.succeeded }.min()
    }
}

/// Says how a programme and its daemon are doing.
public enum ReportStatus: Operation {
    /// The name on the socket.
    public static let name = "report-status"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// Looks.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> StatusReport {
        try StatusReport(
            workspace, nextReminder: try workspace.nextReminder(after: workspace.now()), trouble: workspace.trouble)
    }
}

extension StatusReport {
    /// In one line, as for `systemctl status`: what fails comes first.
    public var line: String {
        var parts = failures + ["rev \(published?.revision ?? 0)"]
        if let published { parts.append(published.summary) }
        parts.append("outbox \((outbox[.due] ?? 0) + (outbox[.claimed] ?? 0))")
        parts.append("\(calendars.fresh)/\(calendars.total) calendars fresh")
        if let nextReminder { parts.append("next reminder \(Wording.moment(nextReminder, in: .utc)) UTC") }
        return parts.joined(separator: " · ")
    }

    /// What somebody should look at, the worst first.
    private var failures: [String] {
        let failing = destinations.filter { $0.failingSince != nil || $0.givenUp != nil }.map { destination in
            let since = destination.failingSince.map { " for \(Wording.age(at - $0))" } ?? ""
            return "\(destination.name) \(destination.givenUp == nil ? "failing\(since)" : "given up")"
        }
        let unread = mailbox?.failure == nil ? [] : ["answers cannot be read (muster status)"]
        let lost = dead.isEmpty ? [] : ["mails were given up (muster status)"]
        let config = hasConfigErrors ? ["the config has errors, an earlier one is in force (muster check)"] : []
        return config + missingSecrets + failing + unread + lost + [deadEnd].compactMap(\.self)
    }
}

extension Workspace {
    /// Why secrets that the config names cannot be had; those of the unit are the daemon's business.
    var missingSecrets: [String] { Secrets.failures(of: configuration) }

    /// Why the daemon cannot do its work, as a sentence; nil where it can.
    public var unreadiness: String? { trouble?.description ?? missingSecrets.first }

    /// Why the state cannot be written; nil where it can.
    public var trouble: StoreError? {
        do {
            try store.checkSpace()
            return nil
        } catch {
            return error
        }
    }
}
