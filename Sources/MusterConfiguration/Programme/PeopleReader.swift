import CivilTime
import ConcurrentMap
import Mail
import MusterModel

/// Reads `people.csv`, and the lists of people who are only invited.
struct PeopleReader {
    static let columns: KeyValuePairs<String, [String]> = [
        "id": [], "name": ["full name"], "email": ["e-mail", "mail", "email address"], "school": ["urn"], "region": [],
        "roles": ["role"], "themes": ["theme"], "hours": ["working pattern"], "away": ["absent"], "protected": ["ppa"],
        "calendars": ["calendar"],
        "max-teams": [], "max-per-day": [], "max-per-week": [], "conflicts": [], "time-zone": [],
        "job-share": ["job share"],
    ]

    struct Entry {
        var person: Person
        var schools: [CSVTable.Cell]
        var conflicts: [CSVTable.Cell]
        /// Whether the file says in which zone the person is.
        var hasZone = true
        var location: Diagnostic.Location
    }

    let collector: DiagnosticCollector
    let paths: CalendarPaths

    /// The people of a file; those that cannot be used are reported and left out.
    func read(_ file: SourceFile) -> [Entry] {
        guard let table = CSVTable(file, names: Self.columns, required: ["name", "email"], collector) else { return [] }
        var seen: [PersonID: Diagnostic.Location] = [:]
        return zip(table.rows, table.rows.concurrentMap(entry)).compactMap { row, entry in
            guard let entry else {
                collector.leftOut(file.path)
                return nil
            }
            if let first = seen[entry.person.id] {
                collector.error(
                    row.location,
                    "the id \"\(entry.person.id)\" stands here a second time (first at \(first)); give each person an id of their own"
                )
                return nil
            }
            seen[entry.person.id] = row.location
            return entry
        }
    }

    private func entry(_ row: CSVTable.Row) -> Entry? {
        guard let name = row["name"], let email = row["email"] else {
            collector.error(row.location, "a person needs a name and an e-mail address")
            return nil
        }
        guard MailAddress(address: email.text)?.domain.contains(".") == true else {
            let shown = email.text.filter { !$0.isNewline }
            collector.error(
                email.location,
                "\"\(shown)\" is no mail address that can be written to; it should look like name@school.example")
            return nil
        }
        let schools = row["school"]?.items ?? []
        let zone = row["time-zone"].flatMap { $0.zone(collector) } ?? ZoneName("Europe/London")
        var person = Person(
            id: PersonID(row["id"]?.text ?? email.text.lowercased()), name: name.text.filter { !$0.isNewline },
            address: email.text,
            school: schools.first.map { SchoolID($0.text) }, region: row["region"]?.text, zone: zone?.rules ?? .utc,
            roles: Set((row["roles"]?.items ?? []).map { $0.text.lowercased() }),
            themes: Set((row["themes"]?.items ?? []).map { $0.text.lowercased() }), pattern: pattern(row["hours"]),
            commitments: protectedTimes(row["protected"]), calendars: paths.sources(row["calendars"], collector),
            limits: Person.Limits(
                teams: row["max-teams"].flatMap { $0.integer(0...100, collector) },
                perDay: row["max-per-day"].flatMap { $0.integer(0...20, collector) },
                perWeek: row["max-per-week"].flatMap { $0.integer(0...50, collector) }))
        person.otherSchools = schools.dropFirst().map { SchoolID($0.text) }
        person.jobShare = row["job-share"]?.text
        person.away = away(row["away"])
        return Entry(
            person: person, schools: schools, conflicts: row["conflicts"]?.items ?? [],
            hasZone: row["time-zone"] != nil, location: row.location)
    }

    private func pattern(_ cell: CSVTable.Cell?) -> WorkingPattern {
        guard let cell else { return .standard }
        do {
            return try WorkingPattern(text: cell.text)
        } catch {
            collector.error(
                cell.location, "\"\(error.entry)\" should be hours such as Mon-Thu 08:00-17:00; Fri 08:00-12:30")
            return .standard
        }
    }

    /// `2027-03-12; 2027-04-01 to 2027-04-05; 2027-04-12 09:00-12:00`.
    private func away(_ cell: CSVTable.Cell?) -> [Absence] {
        (cell?.items ?? []).compactMap { item in
            let words = item.text.split(separator: " ")
            let hours = words.last.flatMap { TimeWindow(text: $0) }
            let days = hours == nil ? item.text : words.dropLast().joined(separator: " ")
            return item.days(days, collector, or: "2027-04-12 09:00-12:00").map { Absence(dates: $0, hours: hours) }
        }
    }

    private func protectedTimes(_ cell: CSVTable.Cell?) -> [WeeklyCommitment] {
        guard let cell else { return [] }
        do {
            return try cell.text.split { $0 == ";" || $0 == "," || $0 == "|" }.flatMap { entry throws(PatternError) in
                try WorkingPattern.entries(entry).map {
                    WeeklyCommitment(weekday: $0.0, window: $0.1, week: $0.2, kind: .protected)
                }
            }
        } catch {
            collector.error(
                cell.location,
                "\"\((error as? PatternError)?.entry ?? cell.text)\" should be times such as Wed 13:15-15:15, or A Wed 13:15-15:15"
            )
            return []
        }
    }
}
