import CivilTime
import Foundation
import GRDB
import MusterModel

extension Store {
    /// Puts a name that says nothing in the place of a person, everywhere; numbers of sessions and mails stay.
    ///
    /// Texts of mails about sessions to which the person was asked are emptied, since they name everybody, and so are the
    /// reasons why something could not be scheduled. The person's feeds end. Copies of calendars that nobody else has are
    /// forgotten.
    ///
    /// - Parameters:
    ///   - calendars: those that others have.
    ///   - event: for the log.
    /// - Throws: `StoreError` where something still waits to be delivered to the person.
    public func erase(
        _ person: PersonID, as pseudonym: String, at now: Instant, keeping calendars: [CalendarSource],
        recording event: Event? = nil
    ) throws(StoreError) {
        try write { database in
            let erasure = try Erasure(person, as: pseudonym, database)
            try erasure.checkUnneeded(at: now)
            try erasure.eraseDetails()
            try erasure.emptyTexts()
            try erasure.eraseIncoming()
            try erasure.endSessions()
            try erasure.renameRows()
            try erasure.erasePlans()
            try erasure.eraseDecisions()
            try erasure.erasePlanChanges()
            try database.execute(
                sql: "DELETE FROM calendar WHERE location NOT IN (SELECT value FROM json_each(?))",
                arguments: [try Self.jsonList(calendars.map(\.location))])
            if let event { try insert(event, database) }
        }
        // What was overwritten must not be readable in the log beside the database.
        try StoreError.wrap(pool.path) { try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }
}

/// One person's erasure within a transaction.
private struct Erasure {
    private let person: PersonID
    private let pseudonym: String
    private let database: Database
    /// The id as it stands in JSON.
    private let id: String
    private var address: String { pseudonym + "@erased.invalid" }
    /// Only what names the person is read.
    private var mark: String { "\"person\":" + id }

    init(_ person: PersonID, as pseudonym: String, _ database: Database) throws {
        self.person = person
        self.pseudonym = pseudonym
        self.database = database
        id = String(decoding: try JSONEncoder().encode(person), as: UTF8.self)
    }

    /// Makes sure that the person comes to no session any more, and that nothing waits for them: whoever waits for them
    /// must be told first.
    func checkUnneeded(at now: Instant) throws {
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
        let waiting = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM message WHERE person = ? AND state IN \(OutboxMessage.unfinishedStates)",
            arguments: [person])
        guard waiting == 0 else {
            throw StoreError(.other, "\(waiting ?? 0) mails still wait for \(person); deliver or discard them first")
        }
    }

    /// What sessions and mails say of them.
    func eraseDetails() throws {
        for row in try Row.fetchAll(
            database, sql: "SELECT uid, details FROM session WHERE instr(details, ?) > 0", arguments: [mark])
        {
            guard let details = try erased(row["details"]) else { continue }
            let uid: String = row["uid"]
            try database.execute(sql: "UPDATE session SET details = ? WHERE uid = ?", arguments: [details, uid])
            try empty("uid = ?", [uid])
        }
        for number in try Int.fetchAll(
            database, sql: "SELECT number FROM messageText WHERE instr(details, ?) > 0", arguments: [mark])
        {
            let text = try String.fetchOne(
                database, sql: "SELECT details FROM messageText WHERE number = ?", arguments: [number])
            guard let text, let details = try erased(text) else { continue }
            try database.execute(
                sql: "UPDATE messageText SET details = ? WHERE number = ?", arguments: [details, number])
            try empty("number = ?", [number])
        }
    }

    private func erased(_ text: String) throws -> String? {
        var details = try JSONDecoder().decode(SessionDetails.self, from: Data(text.utf8))
        guard let known = details.participants.first(where: { $0.person == person })?.address else { return nil }
        for index in details.participants.indices where details.participants[index].person == person {
            details.participants[index].person = PersonID(pseudonym)
            details.participants[index].name = pseudonym
            details.participants[index].address = address
        }
        if details.contact?.address.lowercased() == known.lowercased() { details.contact = nil }
        return String(decoding: try JSONEncoder().encode(details), as: UTF8.self)
    }

    /// Webhooks about them, and mails to others, which tell who takes whose place.
    func emptyTexts() throws {
        try empty(
            "kind = 'event' AND number IN (SELECT number FROM messageText WHERE instr(CAST(content AS TEXT), ?) > 0)",
            [mark])
        try empty(
            "uid IN (SELECT uid FROM message WHERE person = ? AND uid <> '') OR person = ?", [person, person])
    }

    /// Empties the texts of messages that are done with; what still waits for others is left.
    private func empty(_ condition: String, _ arguments: StatementArguments) throws {
        try database.execute(
            sql: """
                UPDATE messageText SET content = x'' WHERE number IN (
                    SELECT number FROM message WHERE state NOT IN \(OutboxMessage.unfinishedStates) AND (\(condition)))
                """, arguments: arguments)
    }

    /// Browsers in which they are signed in.
    func endSessions() throws {
        for table in ["browserSession", "signIn", "secondFactor"] {
            try database.execute(
                sql: """
                    DELETE FROM \(table) WHERE address IN (SELECT lower(recipient) FROM message WHERE person = :person)
                    """, arguments: ["person": person])
        }
    }

    /// The mails that they sent, and those about sessions to which they were asked: what became of them names people.
    func eraseIncoming() throws {
        try database.execute(
            sql: """
                UPDATE incoming SET sender = '', subject = '', reason = '', content = NULL
                WHERE sender IN (SELECT lower(recipient) FROM message WHERE person = :person)
                    OR session IN (SELECT session FROM message WHERE person = :person AND session <> '')
                """, arguments: ["person": person])
    }

    func renameRows() throws {
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
                UPDATE OR REPLACE answer SET person = :pseudonym, comment = '' WHERE person = :person;
                UPDATE event SET data = '{}', title = replace(title, :person, :pseudonym) WHERE instr(data, :id) > 0;
                UPDATE event SET actor = :pseudonym WHERE actor = :person;
                UPDATE event SET subject = :pseudonym WHERE subject = :person;
                """,
            arguments: ["id": id, "address": address, "person": person, "pseudonym": pseudonym])
        try database.execute(sql: "DELETE FROM absence WHERE person = ?", arguments: [person])
        // What they chose counts on; who it was is gone.
        try database.execute(
            sql: """
                UPDATE OR REPLACE pollAnswer SET person = :pseudonym WHERE person = :person;
                DELETE FROM pollInvitation WHERE person = :person;
                UPDATE finishedDeadline SET author = :pseudonym WHERE author = :person;
                UPDATE OR REPLACE place SET person = :pseudonym WHERE person = :person;
                UPDATE OR REPLACE attendance SET person = :pseudonym WHERE person = :person;
                UPDATE attendance SET author = :pseudonym WHERE author = :person;
                UPDATE OR REPLACE feedbackInvitation SET person = :pseudonym WHERE person = :person;
                DELETE FROM chosenTheme WHERE subject = :person;
                DELETE FROM chosenDate WHERE person = :person;
                DELETE FROM standIn WHERE person = :person;
                """, arguments: ["person": person, "pseudonym": pseudonym])
        try database.execute(
            sql: "UPDATE agreedQuestion SET author = ? WHERE author = ?", arguments: [pseudonym, person])
        try database.execute(sql: "DELETE FROM feed WHERE kind = 'person' AND subject = ?", arguments: [person])
        try database.execute(sql: "DELETE FROM setting WHERE name = 'links:' || ?", arguments: [person])
    }

    /// Reasons and remedies name people; their codes stay.
    func erasePlans() throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO setting VALUES ('\(Store.erasureMark)', lower(hex(randomblob(16))))")
        for row in try Row.fetchAll(database, sql: "SELECT number, plan FROM revision") {
            var plan = try JSONDecoder().decode(Plan.self, from: Data((row["plan"] as String).utf8))
            for index in plan.tracks.indices { plan.tracks[index].team = renamed(plan.tracks[index].team) }
            for index in plan.unscheduled.indices {
                plan.unscheduled[index].reasons = []
                plan.unscheduled[index].remedies = []
            }
            try database.execute(
                sql: "UPDATE revision SET plan = ? WHERE number = ?",
                arguments: [String(decoding: try JSONEncoder().encode(plan), as: UTF8.self), row["number"] as Int])
        }
    }

    /// Who is pinned, and what somebody wrote about them.
    func eraseDecisions() throws {
        for row in try Row.fetchAll(database, sql: "SELECT number, kind FROM decision") {
            let kind = try JSONDecoder().decode(Decision.Kind.self, from: Data((row["kind"] as String).utf8))
            guard case .pin(let start, let team) = kind else { continue }
            let pin = try JSONEncoder().encode(Decision.Kind.pin(start: start, team: renamed(team)))
            try database.execute(
                sql: "UPDATE decision SET kind = ? WHERE number = ?",
                arguments: [String(decoding: pin, as: UTF8.self), row["number"] as Int])
        }
    }

    /// What is proposed is worked out anew without them; what was rejected forgets why it was proposed.
    func erasePlanChanges() throws {
        try database.execute(
            sql: """
                UPDATE planChange SET state = 'outdated', content = NULL WHERE state = 'open';
                UPDATE planChange SET causes = '[]', reason = '' WHERE instr(CAST(causes AS TEXT), ?) > 0
                """, arguments: [id])
    }

    private func renamed(_ team: [RoleID: [PersonID]]) -> [RoleID: [PersonID]] {
        team.mapValues { $0.map { $0 == person ? PersonID(pseudonym) : $0 } }
    }
}
