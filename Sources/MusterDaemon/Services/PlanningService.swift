import CMemory
import CivilTime
import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore

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
        let workspace = context.workspace
        guard !workspace.programme.cycles.isEmpty else { return nil }
        guard try workspace.hasReadCalendars else {
            // A plan that rests on calendars nobody has looked at would be another one a moment later.
            context.calendarSignal.notify()
            return workspace.now() + 10
        }
        var options = Workspace.PlanningOptions()
        options.calendars = .none
        options.waitsForSecondThoughts = true
        // The C library keeps what a search took for the next one, which may be hours away.
        defer { cmemory_give_back() }
        let begin = ContinuousClock.now
        let followUp = try await workspace.followUp(options)
        context.planningSeconds = (ContinuousClock.now - begin) / .seconds(1)
        switch followUp {
        case .nothing: break
        case .proposed(let change, let isNew):
            guard isNew else { break }
            context.logger.notice(
                "a change is proposed; muster proposals shows it",
                metadata: ["proposal": "\(change.number)", "change": "\(change.title)"])
        case .published(let result, let isPart):
            context.logger.notice(
                workspace.needsApproval ? "published; its mails are held until somebody approves of them" : "published",
                metadata: ["revision": "\(result.revision)", "mails": "\(result.mails)"])
            context.reminderSignal.notify()
            context.deliverySignal.notify()
            if isPart { context.planningSignal.notify() }
        }
        return nil
    }
}
