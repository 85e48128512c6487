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
    let debounce = Duration.seconds(10)
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
        options.readsCalendars = false
        options.waitsForSecondThoughts = true
        // The C library keeps what a search took for the next one, which may be hours away.
        defer { cmemory_give_back() }
        let proposal = try await workspace.propose(options)
        context.planningSeconds = proposal.search?.seconds
        guard !proposal.changes.isEmpty, !Task.isCancelled else { return nil }
        let mails = proposal.changes.mailsByReason.values.reduce(0, +)
        // The first revision is for somebody to publish: an empty state may also be a state that was lost, and everybody
        // would be invited a second time.
        guard workspace.configuration.planning.policy == .apply, proposal.basis != nil else {
            context.logger.notice(
                "a change is proposed; muster plan shows it, muster apply publishes it",
                metadata: ["sessions": "\(proposal.changes.changes.count)", "mails": "\(mails)"])
            return nil
        }
        let report = try await workspace.publish(proposal, note: "by the daemon", isApproved: false)
        context.logger.notice(
            workspace.needsApproval ? "published; its mails are held until somebody approves of them" : "published",
            metadata: ["revision": "\(report.revision)", "mails": "\(report.mails)"])
        context.reminderSignal.notify()
        context.deliverySignal.notify()
        return nil
    }
}
