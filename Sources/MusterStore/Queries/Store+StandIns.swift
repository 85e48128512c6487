import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Who was asked whether they could take a seat in runs whose first session has one of these `UID`s.
    public func standIns(of uids: [String]) throws(StoreError) -> [StandIn] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM standIn WHERE uid IN (SELECT value FROM json_each(?)) ORDER BY asked, person",
                arguments: [Self.jsonList(uids)]
            ).map { row in
                StandIn(
                    person: row["person"], role: row["role"],
                    seats: try JSONDecoder().decode([StandIn.Seat].self, from: Data((row["seats"] as String).utf8)),
                    asked: Instant(seconds: row["asked"]))
            }
        }
    }

    /// Keeps questions with their mails, in one transaction; who was asked already is not asked again.
    ///
    /// - Returns: who is asked now.
    public func ask(
        _ questions: [(standIn: StandIn, message: OutboxMessage)], recording event: @Sendable (Int) -> Event
    ) throws(StoreError) -> [PersonID] {
        try write { database in
            let asked = try questions.filter { question in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO standIn (uid, person, role, seats, asked) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        question.standIn.uid, question.standIn.person, question.standIn.role,
                        String(decoding: try JSONEncoder().encode(question.standIn.seats), as: UTF8.self),
                        question.standIn.asked.seconds,
                    ])
                guard database.changesCount > 0 else { return false }
                try question.message.insert(database)
                return true
            }.map(\.standIn.person)
            if !asked.isEmpty { try insert(event(asked.count), database) }
            return asked
        }
    }

    /// Keeps what somebody said to such a question.
    public func keep(_ answers: [Answer], announcing announcements: [Announcement]) throws(StoreError) {
        try write { database in
            for answer in answers { try keep(answer, database) }
            for announcement in announcements { try insert(announcement, database) }
        }
    }
}
