import CMemory
import CivilTime
import Logging
import MusterOperations

/// Plans anew when calendars or the config changed, and now and then since days go by; publishes or proposes what
/// follows, as the config says.
struct PlanningService: PeriodicService {
    let context: ServiceContext
    let work = "planning"
    let longestPause = Duration.seconds(6 * 3600)
    let debounce = Duration.milliseconds(250)
    var startDelay: Duration { context.startDelay }
    var wakeSignal: WakeSignal { context.planningSignal }

    func runOnce() async throws -> Instant? {
        let begin = ContinuousClock.now
        let outcome = try await context.run(RepairPlan.self)
        switch outcome {
        case .noCycles: return nil
        case .calendarsUnread:
            context.calendarSignal.notify()
            return context.workspace.now() + 10
        case .nothing: break
        case .proposed(let number, let title, let isNew):
            guard isNew else { break }
            context.logger.notice(
                "a change is proposed; muster proposals shows it",
                metadata: ["proposal": "\(number)", "change": "\(title)"])
        case .published(let revision, let mails, let areHeld, let isPart):
            context.logger.notice(
                areHeld ? "published; its mails are held until somebody approves of them" : "published",
                metadata: ["revision": "\(revision)", "mails": "\(mails)"])
            context.reminderSignal.notify()
            context.deliverySignal.notify()
            if isPart { context.planningSignal.notify() }
        }
        context.planningSeconds = (ContinuousClock.now - begin) / .seconds(1)
        // The C library keeps what a search took for the next one, which may be hours away.
        cmemory_give_back()
        return nil
    }
}
