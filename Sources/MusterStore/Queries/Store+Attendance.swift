import CivilTime
import GRDB
import MusterModel

extension Store {
    /// Who was there, as far as that was said: by `UID` and person.
    public func attendance(of uids: [String]) throws(StoreError) -> [String: [PersonID: Bool]] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM attendance WHERE uid IN (SELECT value FROM json_each(?))",
                arguments: [Self.jsonList(uids)]
            ).reduce(into: [:]) { $0[$1["uid"], default: [:]][$1["person"]] = $1["wasThere"] }
        }
    }

    /// Where somebody was, and was not, by `UID`.
    public func attendance(of person: PersonID) throws(StoreError) -> [String: Bool] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM attendance WHERE person = ?", arguments: [person])
                .reduce(into: [:]) { $0[$1["uid"]] = $1["wasThere"] }
        }
    }

    /// Keeps who was at a session.
    ///
    /// - Returns: of how many people that is another thing than what was known.
    public func recordAttendance(
        _ people: [PersonID: Bool], at uid: String, by author: String, recording event: Event
    ) throws(StoreError) -> Int {
        try write { database in
            var changed = 0
            for (person, wasThere) in people.sorted(by: { $0.key < $1.key }) {
                try database.execute(
                    sql: """
                        INSERT INTO attendance (uid, person, wasThere, author, at) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET wasThere = excluded.wasThere, author = excluded.author, at = excluded.at
                            WHERE wasThere != excluded.wasThere
                        """, arguments: [uid, person, wasThere, author, event.at.seconds])
                changed += database.changesCount
            }
            if changed > 0 { try insert(event, database) }
            return changed
        }
    }
}
