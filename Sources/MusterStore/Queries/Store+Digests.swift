import CivilTime
import GRDB
import MusterModel

extension Store {
    /// Whether a digest has its outcome.
    public func hasDigest(of partnership: PartnershipID, due: Instant) throws(StoreError) -> Bool {
        try read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM digest WHERE partnership = ? AND due >= ?)",
                arguments: [partnership, due.seconds]) ?? false
        }
    }

    /// When the last digest was sent; nil for never.
    public func lastDigest(of partnership: PartnershipID) throws(StoreError) -> Instant? {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT max(at) FROM digest WHERE partnership = ? AND outcome = 'sent'",
                arguments: [partnership]
            ).map(Instant.init(seconds:))
        }
    }

    /// Keeps the outcome of a digest and puts its mail into the outbox, in one transaction; nothing where another
    /// program has done so meanwhile.
    public func recordDigest(
        of partnership: PartnershipID, due: Instant, _ outcome: String, _ message: OutboxMessage?, at now: Instant
    ) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO digest (partnership, due, outcome, at) VALUES (?, ?, ?, ?)",
                arguments: [partnership, due.seconds, outcome, now.seconds])
            if database.changesCount > 0 { try message?.insert(database) }
        }
    }
}
