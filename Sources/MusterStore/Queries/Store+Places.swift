import CivilTime
import GRDB
import MusterModel

extension Store {
    /// Who has a place at a session, and who waits.
    public func waitingList(of uid: String) throws(StoreError) -> WaitingList {
        try read { try WaitingList.read(uid, $0) }
    }

    /// The sessions at which a person has a place or waits for one, each with how they stand.
    public func places(of person: PersonID) throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT uid || ' ' || state FROM place WHERE person = ? ORDER BY uid",
                arguments: [person])
        }
    }

    /// Brings the places of a session up to date, and puts what people have to be told into the outbox, in one transaction:
    /// no two do it at once, so no place is given twice.
    ///
    /// - Parameters:
    ///   - chosen: those who are invited with the next plan, since they chose this date of several.
    ///   - settle: works it out from the list and when each of those said yes who are asked; gives the mails. Who said yes
    ///     to another time keeps the place until they say no to this one: nobody loses it because an event is moved.
    /// - Returns: the list as it is then, and how many mails that made.
    public func settlePlaces(
        of session: PublishedSession, alsoFor chosen: Set<PersonID>,
        _ settle: @Sendable (inout WaitingList, [PersonID: Instant]) throws -> [OutboxMessage]
    ) throws(StoreError) -> (list: WaitingList, sent: Int) {
        try write { database in
            let before = try WaitingList.read(session.uid, database)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT answer.person, at FROM answer JOIN session USING (uid)
                    WHERE uid = ? AND status = 'accepted' AND isCancelled = 0
                    """, arguments: [session.uid])
            let invited = Set(session.details.participants.filter { $0.role == Duty.invited }.map(\.person))
                .union(chosen)
            let accepted = rows.reduce(into: [PersonID: Instant]()) { accepted, row in
                guard invited.contains(row["person"]) else { return }
                accepted[row["person"]] = Instant(seconds: row["at"])
            }
            var list = before
            let mails = try settle(&list, accepted)
            guard list != before else { return (list, 0) }
            try list.write(session.uid, database)
            for mail in mails { try mail.insert(database) }
            return (list, mails.count)
        }
    }
}

extension WaitingList {
    static func read(_ uid: String, _ database: Database) throws -> WaitingList {
        WaitingList(
            try Row.fetchAll(database, sql: "SELECT * FROM place WHERE uid = ? ORDER BY number", arguments: [uid])
                .map { row in
                    let state: State =
                        switch row["state"] as String {
                        case "placed": .placed
                        case "offered": .offered(until: Instant(seconds: row["until"] ?? 0))
                        case "lapsed": .lapsed
                        default: .waiting
                        }
                    return Entry(
                        person: row["person"], number: row["number"], state: state,
                        since: Instant(seconds: row["since"]))
                })
    }

    fileprivate func write(_ uid: String, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM place WHERE uid = ?", arguments: [uid])
        for entry in entries {
            let (state, until): (String, Int?) =
                switch entry.state {
                case .placed: ("placed", nil)
                case .offered(let until): ("offered", until.seconds)
                case .waiting: ("waiting", nil)
                case .lapsed: ("lapsed", nil)
                }
            try database.execute(
                sql: "INSERT INTO place (uid, person, number, state, since, until) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [uid, entry.person, entry.number, state, entry.since.seconds, until])
        }
    }
}
