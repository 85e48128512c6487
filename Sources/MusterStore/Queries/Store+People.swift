import CivilTime
import Foundation
import GRDB
import MusterModel

/// A mail that somebody got, as far as it is theirs to know.
public struct MailRecord: Codable, Sendable {
    /// When it was written.
    public let written: Instant
    /// What it was.
    public let kind: String
    /// Its subject.
    public let subject: String
    /// Where it went.
    public let address: String
    /// How far it came.
    public let state: String
}

extension Store {
    /// Every session, past ones and cancelled ones too, to which a person was asked.
    public func sessions(of person: PersonID) throws(StoreError) -> [SessionDetails] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT details FROM session WHERE uid IN (SELECT uid FROM attendee WHERE person = ?)
                    ORDER BY created, id
                    """, arguments: [person]
            ).map { try JSONDecoder().decode(SessionDetails.self, from: Data($0.utf8)) }
        }
    }

    /// Those who were ever asked to a session, and whose id is an address.
    public func inviteesKnownByAddress() throws(StoreError) -> Set<PersonID> {
        try read { database in
            try PersonID.fetchSet(database, sql: "SELECT DISTINCT person FROM attendee WHERE instr(person, '@') > 0")
        }
    }

    /// Every mail that a person was sent.
    public func mails(to person: PersonID) throws(StoreError) -> [MailRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT created, kind, subject, recipient, \(OutboxMessage.currentState) AS state FROM message
                    WHERE person = ? ORDER BY number
                    """, arguments: [person]
            ).map { row in
                MailRecord(
                    written: Instant(seconds: row["created"]), kind: row["kind"], subject: row["subject"],
                    address: row["recipient"], state: row["state"])
            }
        }
    }
}
