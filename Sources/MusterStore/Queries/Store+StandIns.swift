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
            ).map(Self.standIn)
        }
    }

    /// What somebody was asked.
    public func standIns(of person: PersonID) throws(StoreError) -> [StandIn] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM standIn WHERE person = ? ORDER BY asked", arguments: [person]
            ).map(Self.standIn)
        }
    }

    private static func standIn(_ row: Row) throws -> StandIn {
        StandIn(
            person: row["person"], role: row["role"],
            seats: try JSONDecoder().decode([StandIn.Seat].self, from: Data((row["seats"] as String).utf8)),
            asked: Instant(seconds: row["asked"]))
    }

    /// Keeps questions with their mails, in one transaction; who was asked the same already is not asked again.
    ///
    /// - Returns: who is asked now.
    public func ask(
        _ questions: [(standIn: StandIn, message: OutboxMessage)], recording event: @Sendable (Int) -> Event
    ) throws(StoreError) -> [PersonID] {
        try write { database in
            let asked = try questions.filter { question in
                try database.execute(
                    sql: """
                        INSERT INTO standIn (uid, person, role, seats, asked) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET role = excluded.role, seats = excluded.seats, asked = excluded.asked
                            WHERE seats != excluded.seats OR role != excluded.role
                        """,
                    arguments: [
                        question.standIn.uid, question.standIn.person, question.standIn.role,
                        try Self.json(question.standIn.seats),
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

    /// The same text for the same seats.
    private static func json(_ seats: [StandIn.Seat]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(seats), as: UTF8.self)
    }

    /// Keeps what somebody said to such a question.
    public func keep(_ answers: [Answer], recording event: Event) throws(StoreError) {
        try write { database in
            for answer in answers { try keep(answer, database) }
            try insert(event, database)
        }
    }
}
