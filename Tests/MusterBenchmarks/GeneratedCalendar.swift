import CivilTime
import ICalendar
import MusterTestSupport

/// A calendar as a school has it after three years: events of which three in ten recur, with exceptions and changed
/// instances; what is asked of it is the year that begins.
enum GeneratedCalendar {
    static let year = Instant(utc: day(2027, 1, 1))..<Instant(utc: day(2028, 1, 1))

    /// The calendar's text.
    static func text(events count: Int, seed: UInt64 = 6) -> String {
        var random = SeededGenerator(seed: seed)
        let zone = TimeZoneDatabase.system["Europe/London"] ?? .utc
        var events: [Component] = []
        for number in 0..<count * 9 / 10 {
            let start =
                day(2024, 9, 1) + Int.random(in: 0..<1100, using: &random) * 86_400
                + Int.random(in: 16..<34, using: &random) * 1800
            guard number.isMultiple(of: 3) else {
                events.append(event(number, start: start, &random))
                continue
            }
            let rule = rules[number / 3 % rules.count]
            var series = event(number, start: start, &random)
            series.properties.append(Property("RRULE", value: rule))
            series.properties.append(time("EXDATE", start + 14 * 86_400))
            events.append(series)
            guard number.isMultiple(of: 9), events.count < count else { continue }
            var changed = event(number, start: start + 7 * 86_400 + 3600, &random)
            changed.properties.append(time("RECURRENCE-ID", start + 7 * 86_400))
            events.append(changed)
        }
        while events.count < count { events.append(event(events.count + count, start: day(2027, 5, 4), &random)) }
        let zones = [Component.timezone(zone, from: Instant(utc: day(2024, 9, 1)), to: year.upperBound)]
        let properties = [Property("PRODID", text: "-//muster//bench//EN"), Property("VERSION", value: "2.0")]
        return CalendarWriter.write(Component("VCALENDAR", properties: properties, components: zones + events))
    }

    private static let rules = [
        "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20271231T000000Z",
        "FREQ=DAILY;COUNT=90",
        "FREQ=MONTHLY;BYDAY=1TU", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=60", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=MONTHLY;BYMONTHDAY=15",
    ]

    private static func event(_ number: Int, start: LocalDateTime, _ random: inout SeededGenerator) -> Component {
        let words = [
            "Staff meeting", "Year 6 SATs", "Governors, full board", "Coffee; parents", "Swimming – Ysgol Glan Morfa",
        ]
        let topic = words.randomElement(using: &random) ?? ""
        let stamp = CalendarTime.utc(Instant(utc: start) - 14 * 86_400).description
        return Component(
            "VEVENT",
            properties: [
                Property("UID", value: "040000008200E00074C5B7101A82E008\(1_000_000 + number)@school.example"),
                Property("DTSTAMP", value: "20261101T120000Z"), time("DTSTART", start), time("DTEND", start + 3600),
                Property("SUMMARY", text: "\(topic) \(number)"),
                Property(
                    "DESCRIPTION",
                    text: "Agenda: minutes of the last meeting, safeguarding, \(topic).\nPlease bring your notes; "
                        + "tea and coffee from a quarter to. Room \(number % 40)."),
                Property("LOCATION", text: "Room \(number % 40), Main building"), Property("SEQUENCE", value: "0"),
                Property("STATUS", value: "CONFIRMED"),
                Property("TRANSP", value: number.isMultiple(of: 7) ? "TRANSPARENT" : "OPAQUE"),
                Property("CLASS", value: "PUBLIC"), Property("CREATED", value: stamp),
                Property("LAST-MODIFIED", value: stamp), Property("X-MICROSOFT-CDO-BUSYSTATUS", value: "BUSY"),
            ])
    }

    private static func time(_ name: String, _ local: LocalDateTime) -> Property {
        Property(name, [Parameter("TZID", "Europe/London")], value: CalendarTime.floating(local).description)
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> LocalDateTime {
        LocalDateTime(date: CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: month, day: day)))
    }
}
