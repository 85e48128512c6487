import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import Testing

@Suite struct `Reminding people` {
    private let rules: [ReminderRule] = [.before(minutes: 10_080), .before(minutes: 1440)]

    private let clock = ReminderClock(
        zone: TimeZoneDatabase.system["Europe/London"] ?? .utc, days: SchoolDays())

    /// The clocks of a zone, and a spring term.
    private func term(_ zone: String) throws -> ReminderClock {
        var days = SchoolDays()
        days.terms = [
            SchoolDays.Period(
                name: "Spring",
                dates: try #require(CivilDate(iso: "2027-01-05"))...(#require(CivilDate(iso: "2027-03-25"))))
        ]
        return ReminderClock(zone: try #require(TimeZoneDatabase.system[zone]), days: days)
    }

    private func run(_ world: World, _ details: SessionDetails, at seconds: Int) throws -> Int {
        let subjects = try world.store.publishedSessions().map {
            OccasionReminders(session: $0, rules: rules, clock: clock)
        }
        return try world.reminders.runOnce(subjects, at: Instant(seconds: seconds))
    }

    @Test func `each due reminder is sent once, to those who know of the session`() async throws {
        let world = try World()
        let details = session()
        try world.publish([details])
        #expect(try run(world, details, at: 1_799_999_000) == 0)
        try await world.send()
        #expect(try run(world, details, at: 1_799_000_000) == 0)
        #expect(try run(world, details, at: 1_799_500_000) == 2)
        #expect(try run(world, details, at: 1_799_500_060) == 0)
        #expect(try run(world, details, at: 1_799_950_000) == 2)
        #expect(try run(world, details, at: 1_799_990_000) == 0)
        let reminder = try #require(try world.store.messages().first)
        let text = String(decoding: reminder.content, as: UTF8.self)
        #expect(
            text.contains("Subject: Reminder: Review at Oakford Primary")
                && text.contains("Auto-Submitted: auto-generated"))
        #expect(!text.contains("text/calendar") && text.contains("In-Reply-To: <id-"))
    }

    @Test func `what came due in downtime is dropped but for the newest, and all of it once the session is near`()
        async throws
    {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        #expect(try run(world, session(), at: 1_799_990_000) == 2)
        let late = try World()
        try late.publish([session()])
        try await late.send()
        #expect(try run(late, session(), at: 1_799_999_500) == 0)
        #expect(try run(late, session(), at: 1_799_999_600) == 0)
    }

    @Test func `a moved session is reminded of anew, a cancelled one not at all`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        #expect(try run(world, session(), at: 1_799_500_000) == 2)
        try world.publish([session(start: 1_801_000_000)])
        try await world.send()
        #expect(try run(world, session(), at: 1_799_990_000) == 0)
        #expect(try run(world, session(), at: 1_800_500_000) == 2)
        try world.publish([])
        try await world.send()
        #expect(try run(world, session(), at: 1_800_950_000) == 0)
    }

    @Test func `people are reminded on their own clocks and school days, within the hours`() async throws {
        let world = try World()
        try world.publish([session(start: 1_800_259_200)])  // Monday 18 January 2027, 08:00 UTC
        try await world.send()
        let paris = try term("Europe/Paris")
        let published = try #require(try world.store.publishedSessions().first)
        let subject = OccasionReminders(
            session: published, rules: [.schoolDayBefore(TimeOfDay(minutes: 960))], clocks: ["ann": paris],
            clock: try term("Europe/London"))
        let friday = try #require(Instant(iso: "2027-01-15T14:59:00Z"))
        #expect(try world.reminders.runOnce([subject], at: friday) == 0)
        #expect(try world.reminders.runOnce([subject], at: friday + 60) == 1, "16:00 in Paris")
        #expect(try world.reminders.runOnce([subject], at: friday + 3600) == 0)
        #expect(try world.reminders.runOnce([subject], at: friday + 3660) == 1, "16:00 in London")
    }

    @Test func `what is due beside a session is reminded of too, those whom it concerns, and anew when it moves`()
        async throws
    {
        let world = try World()
        let clock = try term("Europe/London")
        func subject(_ published: PublishedSession) -> OccasionReminders {
            let deadline = Deadline(
                id: "data", name: "Share your data", stage: "review", schoolDays: -2, who: ["host"], note: "Progress.")
            return OccasionReminders(session: published, rules: [.before(minutes: 1440)], clock: clock)
                .deadline(deadline, people: published.details.participants)
        }
        try world.publish([session(start: 1_800_259_200)])
        var published = try #require(try world.store.publishedSessions().first)
        let due = subject(published).moment
        #expect(try world.reminders.runOnce([subject(published)], at: due - 86_400 * 30) == 0)
        #expect(try world.reminders.runOnce([subject(published)], at: due - 3600) == 1)
        let mail = try #require(try world.store.messages([.due]).first { $0.kind == .reminder })
        #expect(mail.person == "ann" && mail.subject.hasPrefix("Reminder: Share your data for Oakford Primary, due "))
        #expect(mail.expires == due && String(decoding: mail.content, as: UTF8.self).contains("Progress."))
        #expect(try world.reminders.runOnce([subject(published)], at: due - 1800) == 0)
        try world.publish([session(start: 1_801_000_000)])
        published = try #require(try world.store.publishedSessions().first)
        #expect(try world.reminders.runOnce([subject(published)], at: subject(published).moment - 3600) == 1)
    }

    @Test func `mails that somebody must approve of are held until then`() async throws {
        let world = try World()
        let held = ReminderRun(
            store: world.store, composer: world.composer, domain: "partnership.example", needsApproval: true,
            makeID: { "held-\(world.counter.next())" })
        try world.publish([session()])
        try await world.send()
        let subjects = try world.store.publishedSessions().map {
            OccasionReminders(session: $0, rules: rules, clock: clock)
        }
        #expect(try held.runOnce(subjects, at: Instant(seconds: 1_799_950_000)) == 2)
        #expect(try world.store.messages([.held]).allSatisfy(\.awaitsApproval))
        #expect(try world.store.approve(at: world.now) == 2)
        #expect(try world.store.outboxCounts()[.due] == 2)
    }

    @Test func `nobody is reminded right after an invitation, nor twice by two rules that mean the same`() async throws
    {
        let world = try World()
        try world.publish([session(["ann"])])
        try await world.send()
        #expect(try run(world, session(), at: 1_799_500_000) == 1)
        while world.now < Instant(seconds: 1_799_500_000) { world.later(100_000) }
        try world.publish([session(["ann", "ben"])])
        try await world.send()
        #expect(try run(world, session(), at: world.now.seconds + 60) == 0, "ben has the invitation of a minute ago")
        #expect(try run(world, session(), at: 1_799_950_000) == 2)
        let published = try #require(try world.store.publishedSessions().first)
        let subject = OccasionReminders(
            session: published, rules: [.before(minutes: 60), .before(minutes: 60)], clock: clock)
        #expect(subject.rules.count == 1)
    }
}
