import CivilTime
import Logging
import MusterOperations
import MusterStore
import Synchronization

/// Reminds people: whenever a reminder is due, and when another plan is published.
struct ReminderService: PeriodicService {
    let context: ServiceContext
    let work = "reminding"
    let longestPause = Duration.seconds(60)
    var wakeSignal: WakeSignal { context.reminderSignal }
    private let last = LastRound()

    init(context: ServiceContext) {
        self.context = context
    }

    func runOnce() async throws -> Instant? {
        let workspace = context.workspace
        let now = workspace.now()
        let mark = "\(context.generation) \(try workspace.reminderMark())"
        // Whoever answers may take a place, or free one, which no mark shows.
        let places = settlePlaces(workspace, at: now)
        if places.sent > 0 { context.deliverySignal.notify() }
        if let next = last.next(mark, at: now) { return [next, places.next].compactMap(\.self).min() }
        let round = try workspace.remind(at: now)
        let chase = try workspace.chase(at: now)
        let polls = try workspace.askPolls(at: now)
        let feedback = try workspace.askForFeedback(at: now)
        context.nextReminder = round.next
        if round.sent + chase.sent + polls.sent + feedback > 0 { context.deliverySignal.notify() }
        let next = [round.next, chase.next, polls.next].compactMap(\.self).min() ?? now + 86_400
        last.keep(next, mark, at: now)
        return [next, places.next].compactMap(\.self).min()
    }
}

extension ReminderService {
    /// What goes wrong there must not keep anybody from being reminded.
    private func settlePlaces(_ workspace: Workspace, at now: Instant) -> (sent: Int, next: Instant?) {
        do {
            return try workspace.settlePlaces(at: now)
        } catch {
            context.logger.error("places could not be settled; it is tried again", metadata: ["reason": "\(error)"])
            return (0, now + 60)
        }
    }
}

/// What the last round found, so that nothing is worked out again while nothing happened.
private final class LastRound: Sendable {
    private struct State {
        var mark: String?
        var at = Instant(seconds: 0)
        var next = Instant(seconds: 0)
    }

    /// Seconds for which it is believed, whatever happens.
    private static let trust = 900

    private let state = Mutex(State())

    /// When the next reminder is due, where nothing happened since; nil where it must be worked out.
    func next(_ mark: String, at now: Instant) -> Instant? {
        state.withLock { state in
            let isRecent = now >= state.at && now < state.at + Self.trust && now < state.next
            return state.mark == mark && isRecent ? state.next : nil
        }
    }

    func keep(_ next: Instant, _ mark: String, at now: Instant) {
        state.withLock { $0 = State(mark: mark, at: now, next: next) }
    }
}
