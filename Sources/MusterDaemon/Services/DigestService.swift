import CivilTime

/// Tells coordinators how things stand.
struct DigestService: PeriodicService {
    let house: House
    let work = "the digest"
    let longestPause = Duration.seconds(600)
    let bell = Bell()

    func runOnce() async throws -> Instant? {
        let workspace = house.workspace
        if try workspace.digest() > 0 { house.deliveryBell.ring() }
        return workspace.nextDigest()
    }
}
