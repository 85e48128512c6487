import CivilTime
import GRDB
import MusterModel

extension Store {
    /// The dates that people chose.
    public func chosenDates() throws(StoreError) -> [ChosenDate] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM chosenDate ORDER BY at, person, track").map { row in
                ChosenDate(person: row["person"], track: row["track"], at: Instant(seconds: row["at"]))
            }
        }
    }

    /// How many places at an event are taken, kept for somebody, or chosen by people who are not invited there yet.
    public func takenPlaces(at session: PublishedSession) throws(StoreError) -> Int {
        try read { try Self.takenPlaces(at: session, $0) }
    }

    private static func takenPlaces(at session: PublishedSession, _ database: Database) throws -> Int {
        try WaitingList.read(session.uid, database).peopleWithPlaces.union(choosers(of: session, database)).count
    }

    /// Who chose the date of a session.
    static func choosers(of session: PublishedSession, _ database: Database) throws -> Set<PersonID> {
        try Set(
            String.fetchAll(
                database, sql: "SELECT person FROM chosenDate WHERE track = ?",
                arguments: [session.details.id.trackOfSession]))
    }

    /// Keeps the date that somebody chose in place of any other of the same event, with what they thereby answer.
    ///
    /// - Parameters:
    ///   - session: the session on that date.
    ///   - places: how many there are; nil for as many as are wanted.
    ///   - others: the tracks of the other dates.
    /// - Returns: false, and nothing is kept, where no place is free.
    public func save(
        _ choice: ChosenDate, at session: PublishedSession, places: Int?, insteadOf others: [TrackID],
        answers: [Answer], recording event: Event
    ) throws(StoreError) -> Bool {
        try write { database in
            if let places, try Self.takenPlaces(at: session, database) >= places { return false }
            try database.execute(
                sql: "DELETE FROM chosenDate WHERE person = ? AND track IN (SELECT value FROM json_each(?))",
                arguments: [choice.person, Self.jsonList(others)])
            try database.execute(
                sql: "INSERT OR REPLACE INTO chosenDate (person, track, at) VALUES (?, ?, ?)",
                arguments: [choice.person, choice.track, choice.at.seconds])
            for answer in answers { try keep(answer, database) }
            try insert(event, database)
            return true
        }
    }
}
