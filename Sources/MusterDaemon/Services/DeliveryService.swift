import Logging
import MusterDelivery
import MusterModel
import MusterStore
import ServiceLifecycle

/// Reminds and delivers: whenever something is due, and at least once a minute, since commands put mails into the
/// outbox too.
struct DeliveryService: Service {
    static let period = Duration.seconds(60)

    let house: House

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await runOnce()
                await house.deliveryBell.wait(atMost: Self.period)
            }
        }
    }

    /// One round; trouble is logged, and what is due stays due.
    func runOnce() async {
        do {
            guard let lock = try house.take({ try $0.sendingLock() }) else { return }
            defer { withExtendedLifetime(lock) {} }
            let report = try await house.workspace.send()
            log(report)
        } catch {
            house.logger.error("delivery failed; it is tried again later", metadata: ["reason": "\(error)"])
        }
    }

    private func log(_ report: Deliverer.Report) {
        if report.delivered > 0 { house.logger.info("delivered", metadata: ["mails": "\(report.delivered)"]) }
        for (message, _) in report.dead {
            house.logger.warning(
                "a mail was refused for good; muster outbox show tells why",
                metadata: ["mail": "\(message.number)", "session": "\(message.session)", "person": "\(message.person)"])
        }
        if let stopped = report.stopped, !Task.isCancelled {
            house.logger.warning("mail cannot be delivered now; it waits", metadata: ["reason": "\(stopped)"])
        }
    }
}
