import CivilTime
import GRDB
import MusterModel

extension Store {
    /// The days on which people said that they cannot come, in the order in which it was said.
    public func absences() throws(StoreError) -> [PersonAbsence] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM absence ORDER BY number").compactMap { row in
                guard let first = CivilDate(iso: row["first"] as String),
                    let last = CivilDate(iso: row["last"] as String), first <= last
                else { return nil }
                return PersonAbsence(
                    number: row["number"], person: row["person"], dates: first...last, author: row["author"])
            }
        }
    }

    /// Keeps days on which somebody cannot come.
    ///
    /// - Parameters:
    ///   - most: so many of one person are kept at most.
    ///   - event: for the log.
    /// - Returns: false where there are too many of that person.
    public func save(_ absence: PersonAbsence, most: Int, recording event: Event) throws(StoreError) -> Bool {
        try write { database in
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM absence WHERE person = ?", arguments: [absence.person])
            guard count ?? 0 < most else { return false }
            try database.execute(
                sql: "INSERT INTO absence (person, first, last, author) VALUES (?, ?, ?, ?)",
                arguments: [
                    absence.person, absence.dates.lowerBound.description, absence.dates.upperBound.description,
                    absence.author,
                ])
            try insert(event, database)
            return true
        }
    }

    /// Forgets days on which somebody cannot come; false where there are none of that number and person.
    public func removeAbsence(_ number: Int, of person: PersonID, recording event: Event) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "DELETE FROM absence WHERE number = ? AND person = ?", arguments: [number, person])
            guard database.changesCount > 0 else { return false }
            try insert(event, database)
            return true
        }
    }
}
