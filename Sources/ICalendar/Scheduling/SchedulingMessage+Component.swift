import CivilTime

extension SchedulingMessage {
    /// The whole object: a `VCALENDAR` with one event and the zone that it uses.
    ///
    /// - Parameter productIdentifier: the `PRODID` of whoever writes it.
    public func calendar(productIdentifier: String) -> Component {
        let zones = method == .declineCounter ? [] : [(zone: zone, from: start, to: end)]
        return Component.calendar(productIdentifier: productIdentifier, method: method, zones: zones, events: [event])
    }

    /// The event alone.
    public var event: Component { method == .declineCounter ? refusal : announcement }

    /// A `DECLINECOUNTER` says nothing of the event but which it is (RFC 5546 §3.2.8).
    private var refusal: Component {
        var properties = [
            Property("UID", value: uid), Property("DTSTAMP", value: CalendarTime.utc(stamp).description),
            Property("SEQUENCE", value: String(sequence)), organizerProperty,
        ]
        if !description.isEmpty { properties.append(Property("COMMENT", text: description)) }
        return Component("VEVENT", properties: properties)
    }

    private var announcement: Component {
        let isCancel = method == .cancel
        let isFree = isCancel || !takesTime
        var properties = [
            Property("UID", value: uid),
            Property("DTSTAMP", value: CalendarTime.utc(stamp).description),
            Property("SEQUENCE", value: String(sequence)),
            time("DTSTART", start),
            time("DTEND", end),
            Property("SUMMARY", text: summary),
            Property("DESCRIPTION", text: description),
        ]
        if let place = location ?? link { properties.append(Property("LOCATION", text: place)) }
        if let link { properties += Self.conference(link) }
        properties.append(organizerProperty)
        properties += attendees.map(attendee)
        properties += [
            Property("STATUS", value: isCancel ? "CANCELLED" : "CONFIRMED"),
            Property("TRANSP", value: isFree ? "TRANSPARENT" : "OPAQUE"),
            Property("CLASS", value: classification.rawValue),
            Property("CREATED", value: CalendarTime.utc(created).description),
            Property("LAST-MODIFIED", value: CalendarTime.utc(stamp).description),
            Property("X-MICROSOFT-CDO-BUSYSTATUS", value: isFree ? "FREE" : "BUSY"),
        ]
        if !categories.isEmpty {
            properties.append(Property("CATEGORIES", value: categories.map(Text.escaped).joined(separator: ",")))
        }
        if !allowsCounter { properties.append(Property("X-MICROSOFT-DISALLOW-COUNTER", value: "TRUE")) }
        return Component("VEVENT", properties: properties, components: isCancel ? [] : alarms.prefix(2).map(alarm))
    }

    private var organizerProperty: Property {
        Property("ORGANIZER", [Parameter("CN", organizer.name)], value: Self.mailto(organizer.address))
    }

    private func time(_ name: String, _ instant: Instant) -> Property {
        guard zone.name != "UTC" else { return Property(name, value: CalendarTime.utc(instant).description) }
        return Property(
            name, [Parameter("TZID", zone.name)], value: CalendarTime.floating(zone.local(instant)).description)
    }

    private func attendee(_ attendee: Attendee) -> Property {
        var parameters = [
            Parameter("CUTYPE", "INDIVIDUAL"), Parameter("ROLE", attendee.role.rawValue),
            Parameter("PARTSTAT", attendee.participationStatus),
        ]
        if attendee.participationStatus == "NEEDS-ACTION", method == .request {
            parameters.append(Parameter("RSVP", "TRUE"))
        }
        parameters.append(Parameter("CN", attendee.name))
        return Property("ATTENDEE", parameters, value: Self.mailto(attendee.address))
    }

    private func alarm(_ minutes: Int) -> Component {
        Component(
            "VALARM",
            properties: [
                Property("ACTION", value: "DISPLAY"), Property("DESCRIPTION", text: summary),
                Property("TRIGGER", value: CalendarDuration(seconds: -60 * minutes).description),
            ])
    }

    private static func conference(_ link: String) -> [Property] {
        var properties = [
            Property(
                "CONFERENCE",
                [
                    Parameter("VALUE", "URI"), Parameter(name: "FEATURE", values: ["AUDIO", "VIDEO"]),
                    Parameter("LABEL", "Join online"),
                ],
                value: link)
        ]
        if link.hasPrefix("https://meet.google.com/") {
            properties.append(Property("X-GOOGLE-CONFERENCE", value: link))
        }
        if link.hasPrefix("https://teams.microsoft.com/") {
            properties.append(Property("X-MICROSOFT-SKYPETEAMSMEETINGURL", value: link))
        }
        return properties
    }

    private static func mailto(_ address: String) -> String { "mailto:" + address.lowercased() }
}

extension Component {
    /// A `VCALENDAR` of events, with a `VTIMEZONE` for each zone between the moments given for it.
    ///
    /// - Parameter refresh: how often a program that subscribes to it is asked to read it (RFC 7986 §5.7, and Outlook's
    ///   `X-PUBLISHED-TTL`).
    public static func calendar(
        productIdentifier: String, method: SchedulingMessage.Method, name: String? = nil,
        refresh: CalendarDuration? = nil, zones: [(zone: TimeZoneRules, from: Instant, to: Instant)],
        events: [Component]
    ) -> Component {
        var properties = [
            Property("METHOD", value: method.rawValue), Property("PRODID", text: productIdentifier),
            Property("VERSION", value: "2.0"), Property("CALSCALE", value: "GREGORIAN"),
        ]
        if let name { properties += [Property("NAME", text: name), Property("X-WR-CALNAME", text: name)] }
        if let refresh {
            properties += [
                Property("REFRESH-INTERVAL", [Parameter("VALUE", "DURATION")], value: refresh.description),
                Property("X-PUBLISHED-TTL", value: refresh.description),
            ]
        }
        var spans: [(zone: TimeZoneRules, from: Instant, to: Instant)] = []
        for (zone, from, to) in zones where zone.name != "UTC" {
            if let index = spans.firstIndex(where: { $0.zone.name == zone.name }) {
                spans[index].from = min(spans[index].from, from)
                spans[index].to = max(spans[index].to, to)
            } else {
                spans.append((zone, from, to))
            }
        }
        let timezones = spans.map { timezone($0.zone, from: $0.from, to: $0.to) }
        return Component("VCALENDAR", properties: properties, components: timezones + events)
    }
}
