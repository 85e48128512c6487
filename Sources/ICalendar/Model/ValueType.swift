/// The types of values (RFC 5545 §3.3).
public enum ValueType: String, Hashable, Sendable, CaseIterable {
    case binary = "BINARY"
    case boolean = "BOOLEAN"
    case calendarAddress = "CAL-ADDRESS"
    case date = "DATE"
    case dateTime = "DATE-TIME"
    case duration = "DURATION"
    case float = "FLOAT"
    case integer = "INTEGER"
    case period = "PERIOD"
    case recurrence = "RECUR"
    case text = "TEXT"
    case time = "TIME"
    case uri = "URI"
    case utcOffset = "UTC-OFFSET"
}

extension Property {
    /// The type of the value: what `VALUE` says, else what the RFC gives the property; nil for a type or a property that
    /// no RFC knows.
    public var valueType: ValueType? {
        if let name = parameter("VALUE") { return ValueType(rawValue: name.uppercased()) }
        return ValueType.ofProperties[name]
    }

    /// Whether the value is a list of values with commas between them.
    var isList: Bool { ["CATEGORIES", "EXDATE", "FREEBUSY", "RDATE", "RESOURCES"].contains(name) }
}

extension ValueType {
    /// The type that a property has where it does not say (RFC 5545 §3.7 and §3.8, RFC 7986 §5).
    static let ofProperties: [String: ValueType] = {
        let names: [ValueType: String] = [
            .calendarAddress: "ATTENDEE ORGANIZER",
            .dateTime: "COMPLETED CREATED DTEND DTSTAMP DTSTART DUE EXDATE LAST-MODIFIED RDATE RECURRENCE-ID",
            .duration: "DURATION REFRESH-INTERVAL TRIGGER X-PUBLISHED-TTL",
            .integer: "PERCENT-COMPLETE PRIORITY REPEAT SEQUENCE",
            .period: "FREEBUSY",
            .recurrence: "EXRULE RRULE",
            .text: """
            ACTION CALSCALE CATEGORIES CLASS COLOR COMMENT CONTACT DESCRIPTION LOCATION METHOD NAME PRODID RELATED-TO \
            REQUEST-STATUS RESOURCES STATUS SUMMARY TRANSP TZID TZNAME UID VERSION X-WR-CALDESC X-WR-CALNAME X-WR-TIMEZONE
            """,
            .uri: "ATTACH CONFERENCE IMAGE SOURCE TZURL URL",
            .utcOffset: "TZOFFSETFROM TZOFFSETTO",
        ]
        var types: [String: ValueType] = [:]
        for (type, list) in names {
            for name in list.split(separator: " ") { types[String(name)] = type }
        }
        return types
    }()
}
