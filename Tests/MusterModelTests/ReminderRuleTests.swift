import CivilTime
import MusterModel
import Testing

@Suite struct `A reminder's time` {
    private let london: TimeZoneRules
    private let days: SchoolDays

    init() throws {
        london = try #require(TimeZoneDatabase.system["Europe/London"])
        var days = SchoolDays()
        func range(_ from: String, _ to: String) throws -> ClosedRange<CivilDate> {
            try #require(CivilDate(iso: from))...(#require(CivilDate(iso: to)))
        }
        days.terms = [SchoolDays.Period(name: "Spring", dates: try range("2027-01-04", "2027-04-30"))]
        days.closures = [SchoolDays.Period(name: "Half-term", dates: try range("2027-02-15", "2027-02-19"))]
        self.days = days
    }

    @Test(arguments: [
        // rule, session, reminder: local times of London
        (ReminderRule.before(minutes: 10_080), "2027-01-20T14:00", "2027-01-13T14:00"),
        (.before(minutes: 10_080), "2027-02-23T14:00", "2027-02-12T14:00"),  // would fall into half-term
        (.before(minutes: 1440), "2027-01-18T09:00", "2027-01-15T09:00"),  // a Monday: the Friday before
        (.before(minutes: 120), "2027-01-20T14:00", "2027-01-20T12:00"),
        (.before(minutes: 120), "2027-01-20T08:00", "2027-01-20T06:00"),  // the day itself: as it is asked
        (.before(minutes: 900), "2027-01-20T09:00", "2027-01-19T16:00"),  // 18:00 is outside the hours
        (.before(minutes: 1440), "2027-03-29T09:30", "2027-03-26T09:30"),  // over the change of the clocks
        (.schoolDayBefore(TimeOfDay(minutes: 960)), "2027-01-20T14:00", "2027-01-19T16:00"),
        (.schoolDayBefore(TimeOfDay(minutes: 960)), "2027-02-22T09:00", "2027-02-12T16:00"),
        (.schoolDayBefore(TimeOfDay(minutes: 960)), "2027-03-29T09:00", "2027-03-26T16:00"),
    ])
    func `falls on a day on which one can act, within the hours`(rule: ReminderRule, session: String, reminder: String)
        throws
    {
        let start = london.instant(try #require(Instant(iso: session + "Z")).utc)
        let due = rule.due(
            start: start, clock: ReminderClock(zone: london, days: days), hours: Cycle.usualHours)
        #expect(london.local(due).description == reminder + ":00")
        #expect(due < start)
    }
}
