import CivilTime
import Foundation
import GRDB

extension OutboxMessage {
    init(_ row: Row) {
        self.init(
            messageID: row["messageID"], revision: row["revision"], session: row["session"], uid: row["uid"],
            sequence: row["sequence"], kind: Kind(rawValue: row["kind"]) ?? .invitation, reason: row["reason"],
            person: row["person"], recipient: row["recipient"], sender: row["sender"], subject: row["subject"],
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
                    subject, mail, state, due, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                messageID, revision, session, uid, sequence, kind.rawValue, reason, person, recipient, sender, subject,
                Data(mail), state.rawValue, due.seconds, created.seconds,
            ])
    }
}
