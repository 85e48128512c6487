import CivilTime
import MusterModel

/// Reads `schools.csv`, under our column names or those of GIAS.
struct SchoolsReader {
    static let columns: KeyValuePairs<String, [String]> = [
        "urn": ["URN"], "name": ["EstablishmentName"], "phase": ["PhaseOfEducation (name)"], "region": ["GOR (name)"],
        "trust": ["Trusts (name)"], "federation": ["Federations (name)"], "pupils": ["NumberOfPupils"], "street": [],
        "town": [], "postcode": [],
        "status": ["EstablishmentStatus (name)"], "terms": [], "inset": [], "closed": [], "calendars": [],
        "out-at-once": [], "time-zone": [],
    ]

    struct Entry {
        var school: School
        var layers: [CSVTable.Cell]
        /// What its row says about days, over all layers.
        var own: TermLayer
        var location: Diagnostic.Location
    }

    let collector: DiagnosticCollector
    let paths: CalendarPaths

    func read(_ file: SourceFile) -> [Entry] {
        guard let table = CSVTable(file, names: Self.columns, required: ["urn", "name"], collector) else { return [] }
        var seen: [SchoolID: Diagnostic.Location] = [:]
        return table.rows.compactMap { row in
            guard let entry = entry(row) else {
                collector.leftOut(file.path)
                return nil
            }
            if let first = seen[entry.school.id] {
                collector.error(
                    row.location,
                    "the school \(entry.school.id) stands here a second time (first at \(first)); leave one")
                return nil
            }
            seen[entry.school.id] = row.location
            return entry
        }
    }

    private func entry(_ row: CSVTable.Row) -> Entry? {
        guard let urn = row["urn"], let name = row["name"] else {
            collector.error(row.location, "a school needs its URN and its name")
            return nil
        }
        if let status = row["status"], !status.text.hasPrefix("Open") {
            collector.warning(status.location, "\(name.text) is \"\(status.text)\"; remove it if it takes no part")
        }
        let zone = row["time-zone"].flatMap { $0.zone(collector) } ?? ZoneName("Europe/London")
        var school = School(
            id: SchoolID(urn.text), name: name.text, phase: row["phase"]?.text, region: row["region"]?.text,
            trust: given(row["trust"]), federation: given(row["federation"]),
            pupils: row["pupils"].flatMap { $0.integer(0...100_000, collector) }, zone: zone?.rules ?? .utc,
            days: SchoolDays(), calendars: paths.sources(row["calendars"], collector),
            outAtOnce: row["out-at-once"].flatMap { $0.integer(0...1000, collector) })
        let address = ["street", "town", "postcode"].compactMap { row[$0]?.text }
        school.address = address.isEmpty ? nil : address.joined(separator: ", ")
        var own = TermLayer(id: urn.text, location: row.location)
        own.days.insetDays = Set((row["inset"]?.allDays(collector) ?? []).joined())
        own.days.closures = row["closed"]?.allDays(collector).map { SchoolDays.Period(name: "", dates: $0) } ?? []
        return Entry(school: school, layers: row["terms"]?.items ?? [], own: own, location: row.location)
    }

    /// GIAS writes "Not applicable" where there is none.
    private func given(_ cell: CSVTable.Cell?) -> String? {
        guard let text = cell?.text, !["not applicable", "none", "-"].contains(text.lowercased()) else { return nil }
        return text
    }
}
