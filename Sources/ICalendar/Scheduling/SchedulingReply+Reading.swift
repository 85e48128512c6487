import CivilTime
import Foundation

extension SchedulingReply {
    /// What was made of a calendar.
    public struct Reading: Sendable {
        /// One for each event that it is about; none where it is no reply.
        public var replies: [SchedulingReply] = []
        /// What is odd in it, or why it is no reply.
        public var diagnostics: [CalendarDiagnostic] = []
    }

    /// Reads what a calendar that came by mail says.
    ///
    /// - Parameters:
    ///   - declared: the method that the mail names; that of the calendar itself counts more (RFC 6047 §2.4).
    ///   - floatingZone: where a proposed time is that names no zone.
    public static func read(
        _ calendar: Component, declared: String? = nil, floatingZone: TimeZoneRules = .utc,
        database: TimeZoneDatabase = .system
    ) -> Reading {
        var reading = Reading()
        let own = calendar.first("METHOD")?.value.tidied
        let declared = declared?.tidied
        if let own, let declared, own != declared {
            reading.report(calendar, "METHOD is \(own.prefix(40)), but the mail says \(declared.prefix(40))")
        }
        guard let word = own ?? declared else {
            reading.report(calendar, "nothing says what the calendar is for (METHOD); it is no reply")
            return reading
        }
        guard let method = Method(rawValue: word) else {
            reading.report(calendar, "\(word.prefix(40)) is no reply")
            return reading
        }
        let zones = ZoneResolver(calendar: calendar, database: database)
        var times = EventReader(zones: zones, dayZone: floatingZone, calendar: calendar)
        for event in calendar.components where event.name == "VEVENT" {
            guard let uid = event.text("UID")?.trimmed, !uid.isEmpty else {
                reading.report(event, "the event has no UID, so that nobody knows what it is about; left out")
                continue
            }
            let proposal = method == .counter ? times.event(event).flatMap(span) : nil
            if method == .counter, proposal == nil { reading.report(event, "the COUNTER proposes no time") }
            reading.replies.append(SchedulingReply(method, uid: uid, event: event, proposal: proposal))
        }
        reading.diagnostics += zones.diagnostics + times.remarks.all
        return reading
    }

    private static func span(_ event: Event) -> Range<Instant>? {
        let end = event.end(of: event.start.instant)
        return event.start.instant < end ? event.start.instant..<end : nil
    }

    private init(_ method: Method, uid: String, event: Component, proposal: Range<Instant>?) {
        self.method = method
        self.uid = uid
        recurrenceID = event.first("RECURRENCE-ID").flatMap {
            CalendarTime($0.value.trimmed, zone: $0.parameter("TZID"))
        }
        sequence = event.first("SEQUENCE").flatMap { Int($0.value.trimmed, clampedTo: Bounds.sequence) } ?? 0
        stamp = event.first("DTSTAMP").flatMap { CalendarTime($0.value.trimmed) }.map { Instant(utc: $0.local) }
        attendances = event.all("ATTENDEE").compactMap(Attendance.init)
        comment = event.all("COMMENT").map(\.text.trimmed).filter { !$0.isEmpty }.joined(separator: "\n")
        self.proposal = proposal
    }
}

extension SchedulingReply.Reading {
    fileprivate mutating func report(_ component: Component, _ message: String) {
        guard diagnostics.count <= 100 else { return }
        diagnostics.append(
            diagnostics.count < 100 ? CalendarDiagnostic(line: component.line, message) : .andMore)
    }
}

extension SchedulingReply.Attendance {
    /// Who an `ATTENDEE` is and what is said of them; nil where no mail address can be made out.
    fileprivate init?(_ property: Property) {
        let addresses = [property.value, property.parameter("EMAIL") ?? ""].map(\.asMailAddress)
        guard let address = addresses.first(where: { $0.contains("@") }) else { return nil }
        self.address = address
        name = property.parameter("CN")?.trimmed ?? ""
        participationStatus = property.parameter("PARTSTAT")?.tidied ?? "NEEDS-ACTION"
        delegatedTo = property.addresses("DELEGATED-TO")
        delegatedFrom = property.addresses("DELEGATED-FROM")
    }
}

extension Property {
    fileprivate func addresses(_ parameter: String) -> [String] {
        parameters.filter { $0.name == parameter }.flatMap(\.values).map(\.asMailAddress).filter { $0.contains("@") }
    }
}

extension String {
    /// The address of a calendar user as a mail address in lower case, out of whatever programs wrap around it:
    /// `MAILTO:`, brackets, quotes, escapes of addresses, a subject.
    fileprivate var asMailAddress: String {
        let wrapping: Set<Character> = ["<", ">", "\"", "'", " ", "\t"]
        var rest = drop(while: wrapping.contains)
        // Some programs wrap an address that is wrapped already.
        while rest.prefix(Self.scheme.count).lowercased() == Self.scheme {
            rest = rest.dropFirst(Self.scheme.count).drop(while: wrapping.contains)
        }
        let end = rest.lastIndex { !wrapping.contains($0) }
        var text = String(end.map { rest[...$0] } ?? "")
        if let query = text.firstIndex(of: "?") { text = String(text[..<query]) }
        return (text.removingPercentEncoding ?? text).lowercased()
    }
    private static let scheme = "mailto:"
}
