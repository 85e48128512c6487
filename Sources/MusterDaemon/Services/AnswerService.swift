import CivilTime
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
        if try await context.run(RaiseAlerts.self).isRaised { context.deliverySignal.notify() }
        let answers = try await context.run(TakeAnswers.self, TakeAnswers.Request(lookedUntil: looked.time))
        looked.time = answers.lookedUntil
        if answers.wasDeclined { context.planningSignal.notify() }
        return nil
    }
}

/// Until when declines were looked for.
private final class LastLook: Sendable {
    private let kept = Mutex<Instant?>(nil)

    var time: Instant? {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}
