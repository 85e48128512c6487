import CivilTime
import Foundation
import GRDB
import MusterModel

extension OutboxMessage {
    init(_ row: Row) throws {
        self.init(
            messageID: row["messageID"], revision: row["revision"], session: row["session"], uid: row["uid"],
            sequence: row["sequence"], kind: Kind(rawValue: row["kind"]) ?? .invitation, reason: row["reason"],
            person: row["person"], recipient: row["recipient"], sender: row["sender"], subject: row["subject"],
            details: try JSONDecoder().decode(SessionDetails.self, from: Data((row["details"] as String).utf8)),
            mail: Array(row["mail"] as Data), state: State(rawValue: row["state"]) ?? .held,
            due: Instant(seconds: row["due"]), created: Instant(seconds: row["created"]))
        number = row["number"]
        attempts = row["attempts"]
        lastError = row["lastError"]
        finished = (row["finished"] as Int?).map(Instant.init(seconds:))
    }

    func insert(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO message (messageID, revision, session, uid, sequence, kind, reason, person, recipient, sender,
                    subject, details, mail, state, due, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                messageID, revision, session, uid, sequence, kind.rawValue, reason, person, recipient, sender, subject,
                String(decoding: try JSONEncoder().encode(details), as: UTF8.self), Data(mail), state.rawValue,
                due.seconds, created.seconds,
            ])
    }
}
