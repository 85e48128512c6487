import CivilTime
import MusterDelivery
import MusterOperations
import Synchronization

/// Takes the mails that come to the organiser, and has the plan repaired where somebody does not come.
struct AnswerService: PeriodicService {
    let context: ServiceContext
    let work = "reading answers"
    let longestPause = Duration.seconds(15)
    let wakeSignal = WakeSignal()
    private let looked = LastLook()

    init(context: ServiceContext) {
        self.context = context
    }

    func runOnce() async throws -> Instant? {
        let workspace = context.workspace
        if try await workspace.alert() != nil { context.deliverySignal.notify() }
        _ = try await workspace.takeAnswers()
        let settled = workspace.now() - AnswerWriter.secondThoughts
        guard let before = looked.replace(with: settled), before < settled else { return nil }
        if try workspace.wasDeclined(in: before + 1...settled) { context.planningSignal.notify() }
        return nil
    }
}

/// Until when declines were looked for.
private final class LastLook: Sendable {
    private let time = Mutex<Instant?>(nil)

    func replace(with new: Instant) -> Instant? {
        time.withLock { time in
            defer { time = new }
            return time
        }
    }
}
