import CivilTime
import GRDB

/// How far a mailbox on a mail server was read.
public struct MailboxPosition: Hashable, Sendable, Codable {
    /// Which mailbox.
    public var mailbox: String
    /// The server's number for what its mails' numbers mean (RFC 3501 §2.3.1.1).
    public var validity: Int
    /// The number of the last mail that was taken.
    public var last: Int
    /// When it was read last without trouble; nil for never.
    public var read: Instant?
    /// Why it cannot be read, as a sentence part; nil where it can.
    public var failure: String?
    /// Since when; nil where it can be read.
    public var failingSince: Instant?

    /// A mailbox of which nothing was read.
    public init(mailbox: String) {
        self.mailbox = mailbox
        validity = 0
        last = 0
    }
}

extension Store {
    /// How far a mailbox was read.
    public func mailboxPosition(_ mailbox: String) throws(StoreError) -> MailboxPosition {
        try read { database in
            var position = MailboxPosition(mailbox: mailbox)
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM mailbox WHERE name = ?", arguments: [mailbox])
            else { return position }
            position.validity = row["validity"]
            position.last = row["last"]
            position.read = (row["read"] as Int?).map(Instant.init(seconds:))
            position.failure = row["failure"]
            position.failingSince = (row["failingSince"] as Int?).map(Instant.init(seconds:))
            return position
        }
    }

    /// Keeps how far a mailbox was read.
    public func save(_ position: MailboxPosition) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO mailbox (name, validity, last, read, failure, failingSince)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    position.mailbox, position.validity, position.last, position.read?.seconds, position.failure,
                    position.failingSince?.seconds,
                ])
        }
    }

    /// When the answer to a test invitation came last; nil for never.
    public func lastRoundTrip() throws(StoreError) -> Instant? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT value FROM setting WHERE name = 'roundTrip'")
                .flatMap { Int($0) }.map(Instant.init(seconds:))
        }
    }

    /// When a mail was taken last; nil for never.
    public func lastIncomingMail() throws(StoreError) -> Instant? {
        try read { database in
            try Int.fetchOne(database, sql: "SELECT max(at) FROM incoming").map(Instant.init(seconds:))
        }
    }
}
