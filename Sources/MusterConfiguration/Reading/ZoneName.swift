import CivilTime

/// The name of a time zone that this machine knows.
struct ZoneName {
    let rules: TimeZoneRules

    init?(_ name: String) {
        guard let rules = TimeZoneDatabase.system[name] else { return nil }
        self.rules = rules
    }
}
