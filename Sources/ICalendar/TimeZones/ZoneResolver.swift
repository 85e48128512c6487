import CivilTime

/// Finds the zone that a `TZID` of one calendar means.
///
/// Tried in this order: the calendar's own `VTIMEZONE`, as the RFC has it, whatever its name (RFC 5545 §3.2.19); Olson
/// names; Windows names (CLDR); an Olson name at the end of a longer path; the label that Outlook shows. A `VTIMEZONE`
/// that cannot be read in full gives way to a zone that is known by its name.
public final class ZoneResolver {
    /// What was wrong with the zones of the calendar that were asked for.
    public var diagnostics: [CalendarDiagnostic] { remarks.all }

    private var remarks = Remarks()
    private let allowance: FileAllowance
    private let database: TimeZoneDatabase
    private let end: Instant
    private var embedded: [String: Component] = [:]
    private var resolved: [String: TimeZoneRules?] = [:]
    private var last: (id: String, zone: TimeZoneRules?)?

    /// A resolver for a calendar, whose own zones are worked out up to a moment, and up to the year 2100 at least.
    public convenience init(
        calendar: Component, database: TimeZoneDatabase = .system, until: Instant = Instant(seconds: 0)
    ) {
        self.init(calendar: calendar, database: database, until: until, allowance: FileAllowance())
    }

    init(calendar: Component, database: TimeZoneDatabase, until: Instant, allowance: FileAllowance) {
        self.database = database
        self.allowance = allowance
        end = until
        for component in calendar.components where component.name == "VTIMEZONE" {
            guard let id = component.first("TZID")?.text.trimmed else {
                remarks.add(component.line, "the VTIMEZONE has no TZID; left out")
                continue
            }
            if embedded[id] == nil { embedded[id] = component }
        }
    }

    /// The zone, or nil where nobody knows it.
    public func zone(_ id: String) -> TimeZoneRules? {
        if let last, last.id == id { return last.zone }
        let zone = resolved[id] ?? find(id.trimmed)
        resolved[id] = .some(zone)
        last = (id, zone)
        return zone
    }

    private func find(_ id: String) -> TimeZoneRules? {
        guard let component = embedded[id] else { return named(id) }
        let (zone, oddities) = TimeZoneRules.reading(timezone: component, until: end, budget: &allowance.zones)
        remarks.add(oddities)
        if let zone, oddities.isEmpty { return continued(zone, id: id, component: component) }
        let known = named(id) ?? component.first("X-LIC-LOCATION").flatMap { named($0.text.trimmed) } ?? zone
        let source = known.map { "it is read as \($0.name)" } ?? "nobody knows a zone of that name"
        remarks.add(component.line, "the VTIMEZONE \"\(id.prefix(60))\" cannot be read as it is; \(source)")
        return known
    }

    /// The calendar's own zone; where it changes its clocks up to some moment and no further, the zone of its name goes on
    /// from there.
    private func continued(_ zone: TimeZoneRules, id: String, component: Component) -> TimeZoneRules {
        guard let last = zone.transitions.last, last.at.utc < TimeZoneRules.leastEnd + -366 * 86_400,
            zone.transitions.contains(where: { $0.offset != last.offset }), let known = named(id)
        else { return zone }
        let later = known.transitions.filter { $0.at > last.at }
        guard !later.isEmpty || known.tail != nil else { return zone }
        remarks.add(
            component.line,
            "the VTIMEZONE \"\(id.prefix(60))\" says nothing of the time after \(last.at), which is read as \(known.name)"
        )
        return TimeZoneRules(
            name: zone.name, firstOffset: zone.firstOffset, transitions: zone.transitions + later, tail: known.tail)
    }

    private func named(_ id: String) -> TimeZoneRules? {
        guard id.utf8.count <= Bounds.zoneNameBytes else { return nil }
        guard allowance.zoneNames > 0 else {
            remarks.add(0, "the file names more time zones than are looked up; those that follow are not known")
            return nil
        }
        allowance.zoneNames -= 1
        if let zone = database[id] { return zone }
        if let name = WindowsZones.olsonName(of: id), let zone = database[name] { return zone }
        let parts = id.split(separator: "/")
        for length in [3, 2, 1] where parts.count >= length {
            if let zone = database[parts.suffix(length).joined(separator: "/")] { return zone }
        }
        return WindowsZones.zone(display: id).flatMap { database[$0] } ?? stated(id) ?? parts.last.flatMap {
            stated(String($0))
        }
            ?? unnumbered(id)
    }

    /// The zone of a name with a number behind it, as Exchange tells apart two of one name: `W. Europe Standard Time 1`.
    private func unnumbered(_ id: String) -> TimeZoneRules? {
        let digits = id.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let name = id.dropLast(digits)
        guard digits > 0, name.last == " " else { return nil }
        return named(String(name).trimmed)
    }

    /// The zone of a name that states nothing but its offset: `GMT+05:30`, `UTC+1`, `(UTC+10:00) Brisbane`,
    /// `(UTC) Koordinierte Weltzeit`.
    private func stated(_ id: String) -> TimeZoneRules? {
        let name = id.drop { $0 == "(" }
        guard ["UTC", "GMT"].contains(name.prefix(3).uppercased()) else { return nil }
        let rest = name.dropFirst(3).drop { $0 == " " }
        if rest.isEmpty || rest.first == ")" { return .utc }
        guard let offset = UTCOffset(loose: rest.prefix { $0 != ")" && $0 != " " }) else { return nil }
        return TimeZoneRules(name: id, firstOffset: offset.seconds, transitions: [])
    }
}

extension WindowsZones {
    /// The Olson name for the label that Outlook shows, as in `(UTC+00:00) Dublin, Edinburgh, Lisbon, London`.
    static func zone(display: String) -> String? {
        let cities = [
            "london": "Europe/London", "edinburgh": "Europe/London", "lisbon": "Europe/Lisbon",
            "dublin": "Europe/Dublin",
            "paris": "Europe/Paris", "brussels": "Europe/Brussels", "berlin": "Europe/Berlin",
            "madrid": "Europe/Madrid",
            "reykjavik": "Atlantic/Reykjavik", "coordinated universal time": "UTC", "monrovia": "Atlantic/Reykjavik",
        ]
        guard display.hasPrefix("(UTC") || display.hasPrefix("(GMT") else { return nil }
        let names = display.drop { $0 != ")" }.dropFirst().lowercased()
        if names.contains("london") { return cities["london"] }
        return cities.filter { names.contains($0.key) }.sorted { $0.key < $1.key }.first?.value
    }
}
