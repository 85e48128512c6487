import CivilTime
import Foundation
import GRDB
import MusterModel

/// When somebody was asked in a poll.
public struct PollInvitation: Hashable, Sendable {
    /// Who.
    public var person: PersonID
    /// When they were asked.
    public var asked: Instant
    /// When they were reminded; nil for not yet.
    public var reminded: Instant?
}

extension Store {
    /// Those who were asked in a poll, by id.
    ///
    /// - Parameter person: only them; nil for all.
    public func pollInvitations(
        _ poll: PollID, of person: PersonID? = nil
    ) throws(StoreError) -> [PollInvitation] {
        try read { database in
            try Row.fetchAll(
                database,
                sql:
                    "SELECT * FROM pollInvitation WHERE poll = ? \(person == nil ? "" : "AND person = ?") ORDER BY person",
                arguments: StatementArguments([poll.rawValue, person?.rawValue].compactMap(\.self))
            ).map { row in
                PollInvitation(
                    person: row["person"], asked: Instant(seconds: row["asked"]),
                    reminded: (row["reminded"] as Int?).map(Instant.init(seconds:)))
            }
        }
    }

    /// Puts mails that ask people into the outbox, or remind them, and remembers it, in one transaction.
    ///
    /// - Parameter isReminder: whether those are reminded who were asked; else each is asked for the first time.
    /// - Returns: how many; left out are those who were asked, or reminded, already, or have answered.
    public func ask(
        _ mails: [(person: PersonID, message: OutboxMessage)], in poll: PollID, reminding isReminder: Bool,
        at now: Instant
    ) throws(StoreError) -> Int {
        guard !mails.isEmpty else { return 0 }
        return try write { database in
            let statement = try database.makeStatement(
                sql: isReminder
                    ? """
                    UPDATE pollInvitation SET reminded = :now
                    WHERE poll = :poll AND person = :person AND reminded IS NULL
                        AND NOT EXISTS (SELECT 1 FROM pollAnswer WHERE poll = :poll AND person = :person)
                    """
                    : """
                    INSERT OR IGNORE INTO pollInvitation (poll, person, asked) SELECT :poll, :person, :now
                    WHERE NOT EXISTS (SELECT 1 FROM pollAnswer WHERE poll = :poll AND person = :person)
                    """)
            return try mails.count { mail in
                try statement.execute(arguments: ["poll": poll, "person": mail.person, "now": now.seconds])
                guard database.changesCount > 0 else { return false }
                try mail.message.insert(database)
                return true
            }
        }
    }

    /// What people chose in a poll, by time.
    public func pollAnswers(_ poll: PollID) throws(StoreError) -> [PollAnswer] {
        try read {
            try Row.fetchAll($0, sql: "SELECT * FROM pollAnswer WHERE poll = ? ORDER BY at, person", arguments: [poll])
                .map(PollAnswer.init)
        }
    }

    /// What a person chose in polls, by time.
    public func pollAnswers(of person: PersonID) throws(StoreError) -> [PollAnswer] {
        try read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM pollAnswer WHERE person = ? ORDER BY at, poll", arguments: [person]
            ).map(PollAnswer.init)
        }
    }

    /// Keeps what somebody chose in place of what they chose before.
    public func save(_ answer: PollAnswer) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO pollAnswer (poll, person, choices, at) VALUES (?, ?, ?, ?)",
                arguments: [answer.poll, answer.person, try Self.jsonList(answer.choices), answer.at.seconds])
        }
    }

    /// What polls made of hosts and people.
    public func chosenThemes() throws(StoreError) -> [ChosenTheme] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM chosenTheme ORDER BY subject, theme").map { row in
                ChosenTheme(
                    subject: row["subject"], theme: row["theme"], poll: row["poll"], at: Instant(seconds: row["at"]))
            }
        }
    }

    /// Keeps what a poll made of hosts and people in place of what it made before.
    public func save(_ themes: [ChosenTheme], of poll: PollID, recording event: Event) throws(StoreError) {
        try write { database in
            try database.execute(sql: "DELETE FROM chosenTheme WHERE poll = ?", arguments: [poll])
            for theme in themes {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO chosenTheme (subject, theme, poll, at) VALUES (?, ?, ?, ?)",
                    arguments: [theme.subject, theme.theme, theme.poll, theme.at.seconds])
            }
            try insert(event, database)
        }
    }
}

extension PollAnswer {
    fileprivate init(_ row: Row) throws {
        let choices = try JSONDecoder().decode([String].self, from: Data((row["choices"] as String).utf8))
        self.init(
            poll: row["poll"], person: row["person"], choices: choices, at: Instant(seconds: row["at"]))
    }
}
