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
            try String.fetchSet(database, sql: "SELECT DISTINCT person FROM attendee WHERE instr(person, '@') > 0")
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

    /// Puts a name that says nothing in the place of a person, everywhere; numbers of sessions and mails stay.
    ///
    /// Texts of mails about sessions to which the person was asked are emptied, since they name everybody. The person's
    /// feeds end.
    ///
    /// - Parameter event: for the log.
    /// - Throws: `StoreError` where something still waits to be delivered to the person.
    public func erase(
        _ person: PersonID, as pseudonym: String, at now: Instant, recording event: Event? = nil
    ) throws(StoreError) {
        let address = pseudonym + "@erased.invalid"
        try write { database in
            try checkUnneeded(person, at: now, database)
            let waiting = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM message WHERE person = ? AND state IN \(OutboxMessage.unfinishedStates)",
                arguments: [person])
            guard waiting == 0 else {
                throw StoreError(
                    .other, "\(waiting ?? 0) mails still wait for \(person); deliver or discard them first")
            }
            func erased(_ text: String) throws -> String? {
                var details = try JSONDecoder().decode(SessionDetails.self, from: Data(text.utf8))
                guard let known = details.participants.first(where: { $0.person == person })?.address else {
                    return nil
                }
                for index in details.participants.indices where details.participants[index].person == person {
                    details.participants[index].person = pseudonym
                    details.participants[index].name = pseudonym
                    details.participants[index].address = address
                }
                if details.contact?.address.lowercased() == known.lowercased() { details.contact = nil }
                return String(decoding: try JSONEncoder().encode(details), as: UTF8.self)
            }
            // The id as it stands in JSON: only what names the person is read.
            let mark = "\"person\":" + String(decoding: try JSONEncoder().encode(person), as: UTF8.self)
            for row in try Row.fetchAll(
                database, sql: "SELECT uid, details FROM session WHERE instr(details, ?) > 0", arguments: [mark])
            {
                guard let details = try erased(row["details"]) else { continue }
                let uid: String = row["uid"]
                try database.execute(
                    sql: "UPDATE session SET details = ? WHERE uid = ?", arguments: [details, uid])
                try empty("uid = ?", [uid], database)
            }
            for number in try Int.fetchAll(
                database, sql: "SELECT number FROM messageText WHERE instr(details, ?) > 0", arguments: [mark])
            {
                let text = try String.fetchOne(
                    database, sql: "SELECT details FROM messageText WHERE number = ?", arguments: [number])
                guard let text, let details = try erased(text) else { continue }
                try database.execute(
                    sql: "UPDATE messageText SET details = ? WHERE number = ?", arguments: [details, number])
                try empty("number = ?", [number], database)
            }
            try empty(
                "kind = 'event' AND number IN (SELECT number FROM messageText WHERE instr(CAST(content AS TEXT), ?) > 0)",
                [mark], database)
            // Mails to others tell who takes whose place.
            try empty(
                "uid IN (SELECT uid FROM message WHERE person = ? AND uid <> '') OR person = ?", [person, person],
                database)
            try database.execute(
                sql: """
                    UPDATE OR REPLACE reminder SET recipient = :address WHERE recipient IN (
                        SELECT lower(recipient) FROM message WHERE person = :person);
                    UPDATE message SET person = :pseudonym, recipient = :address, lastError = NULL WHERE person = :person;
                    """, arguments: ["address": address, "person": person, "pseudonym": pseudonym])
            try database.execute(
                sql: """
                    UPDATE OR REPLACE attendee SET person = :pseudonym, address = :address WHERE person = :person;
                    UPDATE duty SET person = :pseudonym WHERE person = :person;
                    UPDATE event SET data = '{}' WHERE instr(data, :mark) > 0;
                    UPDATE event SET subject = :pseudonym WHERE subject = :person;
                    """,
                arguments: [
                    "mark": String(decoding: try JSONEncoder().encode(person), as: UTF8.self), "address": address,
                    "person": person, "pseudonym": pseudonym,
                ])
            try database.execute(sql: "DELETE FROM feed WHERE kind = 'person' AND subject = ?", arguments: [person])
            try erase(person, as: pseudonym, fromPlansIn: database)
            if let event { try insert(event, database) }
        }
        // What was overwritten must not be readable in the log beside the database.
        try StoreError.wrap(pool.path) { try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }

    /// Makes sure that a person comes to no session any more: whoever waits for them must be told first.
    private func checkUnneeded(_ person: PersonID, at now: Instant, _ database: Database) throws {
        let session = try String.fetchOne(
            database,
            sql: """
                SELECT id FROM session JOIN attendee USING (uid) WHERE person = ? AND isCancelled = 0 AND start > ?
                ORDER BY start
                """, arguments: [person, now.seconds])
        if let session {
            throw StoreError(
                .conflict, "\(person) still comes to \(session); muster apply first, so that they are told")
        }
    }

    /// Empties the texts of messages that are done with; what still waits for others is left.
    private func empty(_ condition: String, _ arguments: StatementArguments, _ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE messageText SET content = x'' WHERE number IN (
                    SELECT number FROM message WHERE state NOT IN \(OutboxMessage.unfinishedStates) AND (\(condition)))
                """, arguments: arguments)
    }

    private func erase(_ person: PersonID, as pseudonym: String, fromPlansIn database: Database) throws {
        func renamed(_ team: [RoleID: [PersonID]]) -> [RoleID: [PersonID]] {
            team.mapValues { $0.map { $0 == person ? pseudonym : $0 } }
        }
        for row in try Row.fetchAll(database, sql: "SELECT number, plan FROM revision") {
            var plan = try JSONDecoder().decode(Plan.self, from: Data((row["plan"] as String).utf8))
            for index in plan.tracks.indices { plan.tracks[index].team = renamed(plan.tracks[index].team) }
            try database.execute(
                sql: "UPDATE revision SET plan = ? WHERE number = ?",
                arguments: [String(decoding: try JSONEncoder().encode(plan), as: UTF8.self), row["number"] as Int])
        }
        for row in try Row.fetchAll(database, sql: "SELECT number, kind FROM decision") {
            let kind = try JSONDecoder().decode(Decision.Kind.self, from: Data((row["kind"] as String).utf8))
            guard case .pin(let start, let team) = kind else { continue }
            let pin = try JSONEncoder().encode(Decision.Kind.pin(start: start, team: renamed(team)))
            try database.execute(
                sql: "UPDATE decision SET kind = ? WHERE number = ?",
                arguments: [String(decoding: pin, as: UTF8.self), row["number"] as Int])
        }
    }
}
