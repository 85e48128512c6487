import CivilTime
import Foundation
import GRDB
import MusterModel

/// What was mailed to somebody who wants to sign in; of its secrets only digests are kept.
public struct SignIn: Hashable, Sendable {
    /// The SHA-256 of the secret in the address.
    public var digest: [UInt8]
    /// The SHA-256 of the code that may be typed where the browser asked, and of that browser's secret.
    public var code: [UInt8]
    /// The SHA-256 of the secret of the browser that asked; nil for any browser.
    public var browser: [UInt8]?
    /// Whom it signs in.
    public var address: String
    /// Until when it is of use.
    public var expires: Instant

    /// A sign-in; every field as described there.
    public init(digest: [UInt8], code: [UInt8], browser: [UInt8]?, address: String, expires: Instant) {
        self.digest = digest
        self.code = code
        self.browser = browser
        self.address = address
        self.expires = expires
    }
}

/// By what somebody signs in.
public enum SignInProof: Sendable {
    /// The address that was mailed, in the browser that asked.
    case address(digest: [UInt8], browser: [UInt8]?)
    /// The code that was mailed, typed into the browser that asked.
    case code(digest: [UInt8], browser: [UInt8])
}

extension Store {
    /// So many sign-ins of one address are open at once: nobody's mailbox is filled.
    private static let mostOpen = 3
    /// A code has six digits, so it is not tried often.
    private static let mostAttempts = 5

    /// Keeps a sign-in, and the mail that tells of it; nothing where too many of the address are open.
    ///
    /// Of those for any browser the newest counts.
    ///
    /// - Returns: whether it was kept.
    @discardableResult
    public func add(_ signIn: SignIn, sending mail: OutboxMessage?, at now: Instant) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(sql: "DELETE FROM signIn WHERE expires <= ?", arguments: [now.seconds])
            if signIn.browser == nil {
                try database.execute(
                    sql: "DELETE FROM signIn WHERE browser IS NULL AND address = ?", arguments: [signIn.address])
            }
            let open = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM signIn WHERE address = ?", arguments: [signIn.address])
            guard open ?? 0 < Self.mostOpen else { return false }
            try database.execute(
                sql: "INSERT INTO signIn (digest, code, browser, address, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    Data(signIn.digest), Data(signIn.code), signIn.browser.map { Data($0) }, signIn.address,
                    signIn.expires.seconds,
                ])
            try mail?.insert(database)
            return true
        }
    }

    /// Whether an address can sign somebody in: in this browser, in another, or not at all (nil).
    public func isSignIn(
        _ digest: [UInt8], of browser: [UInt8]?, at now: Instant
    ) throws(StoreError) -> Bool? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT browser FROM signIn WHERE digest = ? AND expires > ?",
                arguments: [Data(digest), now.seconds]
            ).map { row in
                let bound: Data? = row["browser"]
                return bound == nil || bound == browser.map { Data($0) }
            }
        }
    }

    /// Uses up a sign-in, and begins a session of the browser; nil where the proof proves nothing.
    ///
    /// - Parameters:
    ///   - session: the SHA-256 of the secret that the browser is given.
    ///   - describe: what the log says, by the address.
    /// - Returns: whom it signs in.
    public func beginSession(
        _ session: [UInt8], by proof: SignInProof, at now: Instant, recording describe: @Sendable (String) -> Event?
    ) throws(StoreError) -> String? {
        try write { database in
            guard let address = try use(proof, at: now, database), let event = describe(address) else { return nil }
            try database.execute(
                sql: """
                    INSERT INTO browserSession (digest, address, created, used, attempts)
                    VALUES (:digest, :address, :now, :now,
                        iif(EXISTS (SELECT 1 FROM secondFactor WHERE address = :address), 0, NULL))
                    """, arguments: ["digest": Data(session), "address": address, "now": now.seconds])
            try insert(event, database)
            return address
        }
    }

    private func use(_ proof: SignInProof, at now: Instant, _ database: Database) throws -> String? {
        switch proof {
        case .address(let digest, let browser):
            return try String.fetchOne(
                database,
                sql: """
                    DELETE FROM signIn WHERE digest = ? AND expires > ? AND (browser IS NULL OR browser IS ?)
                    RETURNING address
                    """, arguments: [Data(digest), now.seconds, browser.map { Data($0) }])
        case .code(let digest, let browser):
            let address = try String.fetchOne(
                database, sql: "DELETE FROM signIn WHERE code = ? AND browser = ? AND expires > ? RETURNING address",
                arguments: [Data(digest), Data(browser), now.seconds])
            if address == nil {
                try database.execute(
                    sql: "UPDATE signIn SET attempts = attempts + 1 WHERE browser = ?", arguments: [Data(browser)])
                try database.execute(
                    sql: "DELETE FROM signIn WHERE attempts >= ?", arguments: [Self.mostAttempts])
            }
            return address
        }
    }

    /// Whom a browser's session signs in; nil where there is none, or none any more.
    ///
    /// - Parameters:
    ///   - idle: sessions that were not used for so many seconds are over.
    ///   - age: so are those that began so many seconds ago.
    public func browserSession(
        _ digest: [UInt8], idle: Int, age: Int, at now: Instant
    ) throws(StoreError) -> String? {
        let known = try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT address, used FROM browserSession
                    WHERE digest = ? AND used > ? AND created > ? AND attempts IS NULL
                    """,
                arguments: [Data(digest), now.seconds - idle, now.seconds - age]
            ).map { (address: $0["address"] as String, used: $0["used"] as Int) }
        }
        guard let known else { return nil }
        if now.seconds - known.used > 300 {
            try write { database in
                try database.execute(
                    sql: "UPDATE browserSession SET used = ? WHERE digest = ?",
                    arguments: [now.seconds, Data(digest)])
                try database.execute(
                    sql: "DELETE FROM browserSession WHERE used <= ? OR created <= ?",
                    arguments: [now.seconds - idle, now.seconds - age])
            }
        }
        return known.address
    }

    /// Ends the session of a browser, or all of an address.
    public func endSessions(
        _ digest: [UInt8], andAllOf address: String?, recording event: Event
    ) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "DELETE FROM browserSession WHERE digest = ? OR address = ?",
                arguments: [Data(digest), address])
            if let address {
                try database.execute(sql: "DELETE FROM signIn WHERE address = ?", arguments: [address])
            }
            try insert(event, database)
        }
    }
}
