import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Is it well, what is stuck, since when, and what to do: on one screen.")

    @OptionGroup var place: GlobalOptions

    @Flag(help: "Write it as JSON.")
    var json = false

    func run() throws {
        let (workspace, trouble) = try open()
        let summary = try StatusSummary(workspace, trouble)
        if json { return try Console.json(summary.counts) }
        summary.lines().forEach { Console.line($0) }
    }

    /// Where the state cannot be written it is read all the same: just then somebody looks here.
    private func open() throws -> (Workspace, trouble: StoreError?) {
        do {
            let workspace = try place.workspace()
            do {
                try workspace.store.checkSpace()
                return (workspace, nil)
            } catch {
                return (workspace, error)
            }
        } catch let error as StoreError where error.kind == .readOnly || error.kind == .full {
            let directory = try Workspace.stateDirectory(config: place.config, state: place.state)
            guard let store = try? Store(readingFrom: directory) else { throw error }
            return (try place.workspace(store: store), error)
        }
    }
}

/// What there is to say about the state.
private struct StatusSummary {
    let workspace: Workspace
    /// Why the state cannot be written; nil where it can.
    let trouble: StoreError?
    let revision: Revision?
    let sessions: [PublishedSession]
    let outbox: [OutboxMessage.State: Int]
    let copies: [CalendarSource: CalendarCopy]
    let decisions: [Decision]
    let dead: [OutboxMessage]
    let waiting: [OutboxMessage]
    let nextReminder: Instant?
    let destinations: [Destination]

    init(_ workspace: Workspace, _ trouble: StoreError?) throws {
        self.workspace = workspace
        self.trouble = trouble
        revision = try workspace.store.latestRevision()
        sessions = try workspace.store.publishedSessions()
        outbox = try workspace.store.outboxCounts()
        copies = try workspace.store.calendarCopies()
        decisions = try workspace.store.decisions()
        dead = try workspace.store.messages([.dead], limit: 5)
        nextReminder = try workspace.nextReminder(after: workspace.now())
        destinations = try workspace.destinations.map { try workspace.store.destination($0) }
        waiting = try workspace.store.messages([.due, .claimed], limit: 1000).filter { $0.lastError != nil }
    }

    var counts: [String: Int] {
        var counts = ["revision": revision?.number ?? 0, "sessions": sessions.count, "decisions": decisions.count]
        counts["writable"] = trouble == nil ? 1 : 0
        for (state, count) in outbox { counts["outbox.\(state.rawValue)"] = count }
        for copy in copies.values { counts["calendars.\(copy.freshness.rawValue)", default: 0] += 1 }
        return counts
    }

    func lines() -> [String] {
        (trouble.map { ["state      \($0)"] } ?? []) + plan + mails + calendars + overruled
    }

    private var plan: [String] {
        guard let revision else { return ["plan       nothing is published yet; muster plan shows what would be"] }
        let plan = revision.plan
        let at = revision.at.utc
        var lines = [
            "plan       revision \(revision.number) of \(Wording.shortDay(at.date)) \(at.time) UTC · \(plan.summary(of: workspace.programme))\(revision.note.isEmpty ? "" : " · \(revision.note)")"
        ]
        let now = workspace.now()
        if let next = sessions.map(\.details).filter({ $0.start > now }).min(by: { $0.start < $1.start }) {
            lines.append(
                "next       \(next.title), \(Wording.moment(next.start, in: TimeZoneDatabase.system[next.zone] ?? .utc))"
            )
        }
        lines += plan.unscheduled.map {
            "missing    \(workspace.programme.label(of: $0.id)): \($0.reasons.first ?? "could not be scheduled")"
        }
        return lines
    }

    private var mails: [String] {
        let states = OutboxMessage.State.allCases.compactMap { state in
            outbox[state].map { "\(Wording.grouped($0)) \(state.rawValue)" }
        }
        var lines = ["outbox     \(states.isEmpty ? "empty" : states.joined(separator: " · "))"]
        if let held = outbox[.held], held > 0 {
            lines.append(
                "  held     \(Wording.count(held, "message")) wait for somebody: muster apply, or muster outbox release"
            )
        }
        if let nextReminder { lines.append("reminders  the next \(Wording.moment(nextReminder, in: .utc)) UTC") }
        if let oldest = waiting.last {
            lines.append(
                "  stuck    \(Wording.count(waiting.count, "mail")), the oldest since \(Wording.age(workspace.now() - oldest.created)): \(oldest.lastError ?? "")"
            )
        }
        lines += destinations.filter { $0.givenUp != nil || $0.failingSince != nil }.map(trouble)
        lines += dead.map { "  dead     \($0.number) \($0.subject) (\($0.person)): \($0.lastError ?? "")" }
        if !dead.isEmpty {
            lines.append(
                "           correct the address in people.csv, or muster outbox retry N once the server lets us")
        }
        return lines
    }

    /// What keeps a destination from being reached, since when, and what to do.
    private func trouble(_ destination: Destination) -> String {
        let since = destination.failingSince.map { " for \(Wording.age(workspace.now() - $0))" } ?? ""
        let next =
            if destination.givenUp != nil {
                "given up; muster webhook test \(destination.name)"
            } else if let retry = destination.retryAt {
                "tried again \(Wording.moment(retry, in: .utc)) UTC"
            } else {
                "tried again soon"
            }
        return "  failing  \(destination.name)\(since), \(next): \(destination.lastError ?? "")"
    }

    private var calendars: [String] {
        let known = workspace.programme.calendars
        let fresh = known.filter { copies[$0]?.freshness == .fresh }.count
        return ["calendars  \(fresh) of \(known.count) fresh"] + workspace.calendarRemarks(copies).map { "  \($0)" }
    }

    private var overruled: [String] {
        decisions.map { decision in
            switch decision.kind {
            case .pin: "pinned     \(decision.subject)"
            case .move(let start):
                "moved      \(decision.subject) to \(workspace.hostTime(start, of: decision.subject))"
            case .cancel: "cancelled  \(decision.subject)"
            }
        }
    }
}
