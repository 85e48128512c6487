import CivilTime
import Logging
import MusterOperations
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
        let places = await settlePlaces(at: now)
        if places.sent > 0 { context.deliverySignal.notify() }
        if let next = last.next(mark, at: now) { return [next, places.next].compactMap(\.self).min() }
        let round = try await context.run(RemindPeople.self)
        context.nextReminder = round.nextReminder
        if round.sent > 0 { context.deliverySignal.notify() }
        last.keep(round.next, mark, at: now)
        return [round.next, places.next].compactMap(\.self).min()
    }
}

extension ReminderService {
    /// What goes wrong there must not keep anybody from being reminded.
    private func settlePlaces(at now: Instant) async -> (sent: Int, next: Instant?) {
        do {
            let places = try await context.run(SettlePlaces.self)
            return (places.sent, places.next)
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
