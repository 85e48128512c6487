import CivilTime
import MusterOperations

/// Tells coordinators how things stand.
struct DigestService: PeriodicService {
    let context: ServiceContext
    let work = "the digest"
    let longestPause = Duration.seconds(600)
    let wakeSignal = WakeSignal()

    func runOnce() async throws -> Instant? {
        let digests = try await context.run(WriteDigests.self)
        if digests.sent > 0 { context.deliverySignal.notify() }
        return digests.next
    }
}
