import CivilTime
import MusterStore
import Synchronization

/// Reminds people: whenever a reminder is due, and when another plan is published.
struct ReminderService: PeriodicService {
    let house: House
    let work = "reminding"
    let longestPause = Duration.seconds(60)
    var bell: Bell { house.reminderBell }
    private let last = LastRound()

    init(house: House) {
        self.house = house
    }

    func runOnce() async throws -> Instant? {
        let workspace = house.workspace
        let mark = try workspace.store.reminderMark()
        if let next = last.next(mark, at: workspace.now()) { return next }
        if try workspace.remind() > 0 { house.deliveryBell.ring() }
        let next = try workspace.nextReminder() ?? workspace.now() + 86_400
        last.keep(next, mark, at: workspace.now())
        return next
    }
}

/// What the last round found, so that nothing is worked out again while nothing happened.
private final class LastRound: Sendable {
    private struct State {
        var mark: String?
        var at = Instant(seconds: 0)
        var next = Instant(seconds: 0)
    }

    private let state = Mutex(State())

    /// When the next reminder is due, where nothing happened since; nil where it must be worked out.
    func next(_ mark: String, at now: Instant) -> Instant? {
        state.withLock { $0.mark == mark && now >= $0.at && now < $0.next ? $0.next : nil }
    }

    func keep(_ next: Instant, _ mark: String, at now: Instant) {
        state.withLock { $0 = State(mark: mark, at: now, next: next) }
    }
}
