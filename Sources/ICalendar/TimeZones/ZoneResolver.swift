import CivilTime

/// Finds the zone that a `TZID` of one calendar means.
///
/// Tried in this order: Olson names, Windows names (CLDR), an Olson name at the end of a longer path, the calendar's
/// own `VTIMEZONE`. The names come first since the definitions that calendars carry are often cut or years old.
public final class ZoneResolver {
    private let database: TimeZoneDatabase
    private var embedded: [String: Component] = [:]
    private var resolved: [String: TimeZoneRules?] = [:]

    /// A resolver for a calendar, with its `VTIMEZONE`s.
    public init(calendar: Component, database: TimeZoneDatabase = .system) {
        self.database = database
        for component in calendar.components where component.name == "VTIMEZONE" {
            if let id = component.first("TZID")?.value.trimmed { embedded[id] = component }
        }
    }

    /// The zone, or nil where nobody knows it.
    public func zone(_ id: String) -> TimeZoneRules? {
        if let known = resolved[id] { return known }
        let zone = find(id.trimmed)
        resolved[id] = .some(zone)
        return zone
    }

    private func find(_ id: String) -> TimeZoneRules? {
        if let zone = database[id] { return zone }
        if let name = WindowsZones.olsonName(of: id), let zone = database[name] { return zone }
        let parts = id.split(separator: "/")
        for length in [3, 2] where parts.count > length {
            if let zone = database[parts.suffix(length).joined(separator: "/")] { return zone }
        }
        if let zone = embedded[id].flatMap(TimeZoneRules.init(timezone:)) { return zone }
        return WindowsZones.zone(display: id).flatMap { database[$0] }
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
