import CivilTime
import MusterOperations

/// Tells coordinators how things stand.
struct DigestService: PeriodicService {
    let context: ServiceContext
    let work = "the digest"
    let longestPause = Duration.seconds(600)
    let wakeSignal = WakeSignal()

    func runOnce() async throws -> Instant? {
        let workspace = context.workspace
        if try workspace.digest() > 0 { context.deliverySignal.notify() }
        return workspace.nextDigest()
    }
}
