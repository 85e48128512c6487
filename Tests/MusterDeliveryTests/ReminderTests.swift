import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import Testing

@Suite struct `Reminding people` {
    private let rules: [ReminderRule] = [.before(minutes: 10_080), .before(minutes: 1440)]

    private let clock = ReminderClock(
        zone: TimeZoneDatabase.system["Europe/London"] ?? .utc, days: SchoolDays())

    private func run(_ world: World, _ details: SessionDetails, at seconds: Int) throws -> Int {
        let subjects = try world.store.publishedSessions().map {
            ReminderSubject(session: $0, rules: rules, clock: clock)
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
}
