import CivilTime
import ICalendar
import Testing

@Suite struct `Time zones in calendars` {
    @Test(arguments: [
        "Europe/London", "Europe/Dublin", "America/New_York", "Africa/Casablanca", "Asia/Kolkata", "Australia/Sydney",
        "Atlantic/Reykjavik",
    ])
    func `are written so that they are right for the year around a session`(name: String) throws {
        let zone = try #require(TimeZoneDatabase.system[name])
        let from = try #require(Instant(iso: "2027-01-10"))
        let component = Component.timezone(zone, from: from, to: from + 200 * 86_400)
        let read = try #require(TimeZoneRules(timezone: component))
        for day in 0..<200 {
            let instant = from + day * 86_400 + day * 331
            #expect(read.offset(at: instant) == zone.offset(at: instant), "\(name) \(instant)")
        }
        #expect(!component.components.isEmpty)
    }

    @Test func `of London follow the yearly rule in the form that Outlook understands`() throws {
        let london = try #require(TimeZoneDatabase.system["Europe/London"])
        let from = try #require(Instant(iso: "2027-01-10"))
        let text = CalendarWriter.write(.timezone(london, from: from, to: from))
        #expect(text.contains("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"))
        #expect(text.contains("RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"))
    }

    @Test func `without changes have a single observance`() throws {
        let reykjavik = try #require(TimeZoneDatabase.system["Atlantic/Reykjavik"])
        let from = try #require(Instant(iso: "2027-01-10"))
        #expect(Component.timezone(reykjavik, from: from, to: from).components.count == 1)
    }
}
