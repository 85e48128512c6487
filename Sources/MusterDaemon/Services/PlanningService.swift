import Logging
import MusterModel
import MusterProgramme
import MusterStore
import ServiceLifecycle

/// Reads calendars and plans anew, every quarter of an hour and when the config changed; publishes or proposes what
/// follows, as the config says.
struct PlanningService: Service {
    static let period = Duration.seconds(900)

    let house: House

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await runOnce()
                await house.planningBell.wait(atMost: Self.period)
            }
        }
    }

    /// One round; trouble is logged and left for the next one.
    func runOnce() async {
        let workspace = house.workspace
        do {
            let proposal = try await workspace.propose()
            guard !proposal.changes.isEmpty, !Task.isCancelled else { return }
            let mails = proposal.changes.mailsByReason.values.reduce(0, +)
            guard workspace.configuration.planning.policy == .apply, proposal.basis != nil else {
                house.logger.notice(
                    "a change is proposed; muster plan shows it, muster apply publishes it",
                    metadata: ["sessions": "\(proposal.changes.changes.count)", "mails": "\(mails)"])
                return
            }
            guard let lock = try house.take({ try $0.lock() }) else { return house.planningBell.ring() }
            defer { withExtendedLifetime(lock) {} }
            let report = try workspace.publish(proposal, note: "by the daemon")
            house.logger.notice(
                "published", metadata: ["revision": "\(report.revision)", "mails": "\(report.messages)"])
            house.deliveryBell.ring()
        } catch {
            house.logger.error("planning failed; it is tried again later", metadata: ["reason": "\(error)"])
        }
    }
}
