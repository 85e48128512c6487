import CivilTime
import Foundation
import GRDB
import MusterModel

extension OutboxMessage {
    init(_ row: Row) throws {
        let details: String? = row["details"]
        self.init(
            messageID: row["messageID"], destination: row["destination"], revision: row["revision"],
            session: row["session"], uid: row["uid"], sequence: row["sequence"],
            kind: Kind(rawValue: row["kind"]) ?? .notice, reason: row["reason"], person: row["person"],
            recipient: row["recipient"], sender: row["sender"], subject: row["subject"],
            details: try details.map { try JSONDecoder().decode(SessionDetails.self, from: Data($0.utf8)) },
            content: Array(row["content"] as Data), due: Instant(seconds: row["due"]),
            created: Instant(seconds: row["created"]), expires: (row["expires"] as Int?).map(Instant.init(seconds:)))
        number = row["number"]
        state = State(rawValue: row["state"]) ?? .held
        awaitsApproval = row["awaitsApproval"]
        attempts = row["attempts"]
        lastError = row["lastError"]
        firstAttempt = (row["firstAttempt"] as Int?).map(Instant.init(seconds:))
        finished = (row["finished"] as Int?).map(Instant.init(seconds:))
    }

    func insert(_ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO message (messageID, destination, revision, session, uid, sequence, kind, reason, person,
                    recipient, sender, subject, details, content, state, awaitsApproval, due, created, expires)
                VALUES (?, ?, coalesce(nullif(?, 0), (SELECT max(number) FROM revision), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                messageID, destination, revision, session, uid, sequence, kind.rawValue, reason, person, recipient,
                sender, subject,
                try details.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }, Data(content),
                state.rawValue, awaitsApproval, due.seconds, created.seconds, expires?.seconds,
            ])
    }
}
