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

    /// How many places at an event others than one person have, or have chosen since.
    public func takenPlaces(at session: PublishedSession, besides person: PersonID) throws(StoreError) -> Int {
        try read { try Self.takenPlaces(at: session, besides: person, $0) }
    }

    private static func takenPlaces(
        at session: PublishedSession, besides person: PersonID, _ database: Database
    ) throws -> Int {
        // A choice is a yes; the list has it from the next moment on.
        let chosen = try PersonID.fetchAll(
            database,
            sql: """
                SELECT person FROM chosenDate JOIN answer USING (person)
                WHERE track = ? AND uid = ? AND status = 'accepted'
                    AND person NOT IN (SELECT place.person FROM place WHERE place.uid = answer.uid)
                """, arguments: [session.details.id.track, session.uid])
        return try WaitingList.read(session.uid, database).peopleWithPlaces.union(chosen).subtracting([person]).count
    }

    /// Keeps the date that somebody chose in place of any other of the same event, with what they thereby answer.
    ///
    /// - Parameters:
    ///   - session: the session on that date.
    ///   - places: how many there are; nil for as many as are wanted.
    /// - Returns: false, and nothing is kept, where no place is free.
    public func save(
        _ choice: ChosenDate, at session: PublishedSession, places: Int?, answers: [Answer], recording event: Event
    ) throws(StoreError) -> Bool {
        try write { database in
            if let places, try Self.takenPlaces(at: session, besides: choice.person, database) >= places {
                return false
            }
            // The yes among the answers takes the place of a choice of another date.
            try database.execute(
                sql: "INSERT OR REPLACE INTO chosenDate (person, track, at) VALUES (?, ?, ?)",
                arguments: [choice.person, choice.track, choice.at.seconds])
            for answer in answers { try keep(answer, database) }
            try insert(event, database)
            return true
        }
    }
}
