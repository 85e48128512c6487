import CivilTime
import ICalendar
import Testing

extension CalendarReader.Result {
    /// Everything in a year, `start end` or `start end original` in UTC.
    func expanded(
        from: String = "2027-01-01", to: String = "2028-01-01", zone: String = "Europe/London"
    ) throws -> [String] {
        let window = try #require(Instant(iso: from))..<(#require(Instant(iso: to)))
        let expander = CalendarExpander(window: window, floatingZone: try #require(TimeZoneDatabase.system[zone]))
        return calendars.flatMap { expander.expand($0).occurrences }.map { occurrence in
            ([occurrence.start, occurrence.end] + [occurrence.recurrenceID].compactMap(\.self)).map(\.description)
                .joined(separator: " ")
        }
    }
}

/// A calendar of one event.
func calendar(_ lines: String..., others: String = "", properties: String = "") -> String {
    let event = (["BEGIN:VEVENT", "UID:1"] + lines + ["END:VEVENT"]).joined(separator: "\n")
    return "BEGIN:VCALENDAR\n\(properties)\(event)\n\(others)END:VCALENDAR\n"
}

/// A zone whose clocks are never changed.
func timeZone(_ id: String, _ offset: String) -> String {
    "BEGIN:VTIMEZONE\nTZID:\(id)\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:\(offset)\nTZOFFSETTO:\(offset)\n"
        + "END:STANDARD\nEND:VTIMEZONE\n"
}
