import CivilTime
import MusterOperations

/// Takes the mails that come to the organiser.
struct AnswerService: PeriodicService {
    let context: ServiceContext
    let work = "reading answers"
    let longestPause = Duration.seconds(15)
    let wakeSignal = WakeSignal()

    func runOnce() async throws -> Instant? {
        if try await context.workspace.takeAnswers() > 0 { context.deliverySignal.notify() }
        return nil
    }
}
