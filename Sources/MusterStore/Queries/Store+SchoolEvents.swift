import CivilTime
import GRDB
import MusterModel

extension Store {
    /// What happens to schools, in the order in which it was said.
    public func schoolEvents() throws(StoreError) -> [SchoolEvent] {
        try read { try schoolEvents($0) }
    }

    private func schoolEvents(_ database: Database) throws -> [SchoolEvent] {
        try Row.fetchAll(database, sql: "SELECT * FROM schoolEvent ORDER BY number").compactMap { row in
            guard let kind = SchoolEvent.Kind(rawValue: row["kind"]),
                let first = CivilDate(iso: row["first"] as String),
                let last = CivilDate(iso: row["last"] as String), first <= last
            else { return nil }
            return SchoolEvent(
                number: row["number"], school: row["school"], kind: kind, dates: first...last, reason: row["reason"],
                author: row["author"])
        }
    }

    /// Keeps what happens to a school.
    ///
    /// - Parameter event: for the log.
    public func save(_ schoolEvent: SchoolEvent, recording event: Event) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT INTO schoolEvent (school, kind, first, last, reason, author) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    schoolEvent.school, schoolEvent.kind.rawValue, schoolEvent.dates.lowerBound.description,
                    schoolEvent.dates.upperBound.description, schoolEvent.reason, schoolEvent.author,
                ])
            try insert(event, database)
        }
    }

    /// Forgets what happens to a school; nil where there is nothing of that number.
    public func removeSchoolEvent(
        _ number: Int, recording event: (SchoolEvent) -> Event
    ) throws(StoreError) -> SchoolEvent? {
        guard let known = try schoolEvents().first(where: { $0.number == number }) else { return nil }
        let event = event(known)
        try write { database in
            try database.execute(sql: "DELETE FROM schoolEvent WHERE number = ?", arguments: [number])
            try insert(event, database)
        }
        return known
    }
}
