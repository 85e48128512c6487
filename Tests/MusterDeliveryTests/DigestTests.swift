import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@Suite struct `A digest` {
    private let world: World
    private let run: DigestRun
    private var days = SchoolDays()
    private let london: TimeZoneRules

    init() throws {
        world = try World()
        run = DigestRun(store: world.store, notices: world.notices)
        london = try #require(TimeZoneDatabase.system["Europe/London"])
        func range(_ from: String, _ to: String) throws -> ClosedRange<CivilDate> {
            try #require(CivilDate(iso: from))...(#require(CivilDate(iso: to)))
        }
        days.terms = [SchoolDays.Period(name: "Spring", dates: try range("2027-01-05", "2027-03-25"))]
        days.closures = [SchoolDays.Period(name: "Half-term", dates: try range("2027-02-15", "2027-02-19"))]
    }

    private func partnership(_ digest: Partnership.Digest) -> Partnership {
        Partnership(
            id: "tamar", name: "Tamar Valley",
            coordinator: Partnership.Contact(name: "Jo", address: "jo@school.example"), digest: digest, schools: [])
    }

    /// Lets the hours of some weeks go by, and returns when digests were sent, in UTC.
    private func sent(
        _ digest: Partnership.Digest, from: String, days count: Int, hours: [Int] = Array(0..<24),
        sections: (Instant) -> [DigestRun.Section] = { [DigestRun.Section("News", ["something since \($0)"])] }
    ) throws -> [String] {
        let start = try #require(Instant(iso: from))
        let schedule = DigestSchedule(digest, zone: london, days: [days])
        var sent: [String] = []
        for hour in 0..<24 * count where hours.contains(hour % 24) {
            let now = start + hour * 3600 + 1800
            if try run.runOnce(partnership(digest), schedule, at: now, sections: sections) {
                sent.append(now.description)
            }
        }
        return sent
    }

    @Test func `comes once a week, on the first day on which a school is open`() throws {
        #expect(
            try sent(.weekly, from: "2027-01-04", days: 54) == [
                "2027-01-05T07:30:00Z", "2027-01-11T07:30:00Z", "2027-01-18T07:30:00Z", "2027-01-25T07:30:00Z",
                "2027-02-01T07:30:00Z", "2027-02-08T07:30:00Z", "2027-02-22T07:30:00Z",
            ])
    }

    @Test func `comes each school day where that is wanted, and never where it is not`() throws {
        #expect(
            try sent(.daily, from: "2027-01-07T07:00:00Z", days: 6).map { String($0.prefix(10)) } == [
                "2027-01-07", "2027-01-08", "2027-01-11", "2027-01-12",
            ])
        #expect(try sent(.never, from: "2027-02-01", days: 6).isEmpty)
    }

    @Test func `is not sent where there is nothing to say, or nothing new`() throws {
        #expect(try sent(.daily, from: "2027-01-07", days: 2) { _ in [DigestRun.Section("News", [])] }.isEmpty)
        #expect(try world.store.messages().isEmpty)
        // The second day says what the first said; the third something else beside it; the fourth less.
        var said = [["still so"], ["still so"], ["still so", "and more"], ["and more"]].makeIterator()
        #expect(
            try sent(.daily, from: "2027-01-11", days: 4) { _ in [DigestRun.Section("Old", said.next() ?? [])] }.map {
                String($0.prefix(10))
            } == ["2027-01-11", "2027-01-13"])
    }

    @Test func `that came due in downtime is sent the same day, or left to the next`() throws {
        #expect(try sent(.weekly, from: "2027-01-11", days: 2, hours: [20]) == ["2027-01-11T20:30:00Z"])
        #expect(try sent(.weekly, from: "2027-01-20", days: 3).isEmpty)
    }

    @Test func `is told what has happened since the one before`() throws {
        var asked: [Instant] = []
        _ = try sent(.weekly, from: "2027-01-11", days: 9) { since in
            asked.append(since)
            return [DigestRun.Section("News", ["something since \(since)"])]
        }
        #expect(asked.map(\.description) == ["2027-01-04T07:30:00Z", "2027-01-11T07:30:00Z"])
        let mail = try #require(try world.store.messages().first)
        #expect(mail.kind == .digest && mail.recipient == "jo@school.example" && mail.expires != nil)
    }
}
