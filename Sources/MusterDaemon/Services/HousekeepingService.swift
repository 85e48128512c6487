import CivilTime
import Logging
import MusterOperations

/// Forgets what is older than the config wants it kept, and drops what has become useless while it waited.
struct HousekeepingService: PeriodicService {
    let context: ServiceContext
    let work = "housekeeping"
    let longestPause = Duration.seconds(6 * 3600)
    let wakeSignal = WakeSignal()

    func runOnce() async throws -> Instant? {
        let count = try await context.run(ForgetRecords.self).count
        if count > 0 { context.logger.info("forgot what is too old", metadata: ["records": "\(count)"]) }
        return context.workspace.now() + 86_400
    }
}
