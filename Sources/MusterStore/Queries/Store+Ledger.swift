import CivilTime
import GRDB
import MusterModel

extension Store {
    /// What was held by a moment, as far back as anything is kept.
    ///
    /// - Parameter cycles: only theirs; nil for all.
    public func ledger(at now: Instant, of cycles: Set<CycleID>? = nil) throws(StoreError) -> Ledger {
        try read { database in
            let duties = try Row.fetchCursor(
                database,
                sql: """
                    SELECT * FROM duty WHERE start <= :now AND calledOff IS NULL
                        AND (:cycles IS NULL OR EXISTS (
                            SELECT 1 FROM json_each(:cycles) WHERE \(Self.isPart("session", of: "value"))))
                    ORDER BY number
                    """,
                arguments: ["now": now.seconds, "cycles": try cycles.map { try Self.jsonList($0.sorted()) }])
            return Ledger(try Array(duties.map(Duty.init)), at: now)
        }
    }

    /// Everything in which a person has or had a part, called off or not, in order of time.
    public func duties(of person: PersonID) throws(StoreError) -> [Duty] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM duty WHERE person = ? ORDER BY start, session", arguments: [person]
            ).map(Duty.init)
        }
    }

    /// Makes what the ledger says of the time to come the same as a plan; what has begun is history and stays.
    ///
    /// Parts that are in the plan no more are called off. Who is asked again has the same part again.
    func save(_ duties: [Duty], at now: Instant, _ database: Database) throws {
        var known: [Part: (number: Int64, duty: Duty)] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM duty WHERE start > ?", arguments: [now.seconds])
        while let row = try rows.next() {
            let duty = Duty(row)
            known[Part(duty)] = (row["number"], duty)
        }
        for duty in duties where duty.start > now {
            let earlier = known.removeValue(forKey: Part(duty))
            guard earlier?.duty != duty else { continue }
            try database.cachedStatement(
                sql: """
                    INSERT INTO duty (number, session, person, role, start, end) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (number) DO UPDATE SET role = excluded.role, start = excluded.start,
                        end = excluded.end, calledOff = NULL
                    """
            ).execute(arguments: [
                earlier?.number, duty.session, duty.person, duty.role, duty.start.seconds, duty.end.seconds,
            ])
        }
        for (number, duty) in known.values where duty.calledOff == nil {
            try database.cachedStatement(
                sql: "UPDATE duty SET calledOff = ? WHERE number = ?"
            ).execute(arguments: [now.seconds, number])
        }
    }

    /// Whose part it is.
    private struct Part: Hashable {
        let session: SessionID
        let person: PersonID

        init(_ duty: Duty) {
            session = duty.session
            person = duty.person
        }
    }
}

extension Duty {
    fileprivate init(_ row: Row) {
        self.init(
            session: row["session"], person: row["person"], role: row["role"], start: Instant(seconds: row["start"]),
            end: Instant(seconds: row["end"]),
            calledOff: (row["calledOff"] as Int?).map(Instant.init(seconds:)))
    }
}
