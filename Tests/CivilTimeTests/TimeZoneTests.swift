import CivilTime
import Foundation
import Testing

@Suite struct `Time zones` {
    static let names = [
        "Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
        "Africa/Casablanca",
        "America/St_Johns", "Pacific/Apia", "Atlantic/Reykjavik",
    ]

    @Test(arguments: names)
    func `agree with Foundation from 1975 to 2060`(name: String) throws {
        let zone = try #require(TimeZoneDatabase.system[name])
        let oracle = try #require(TimeZone(identifier: name))
        var differences = 0
        for seconds in stride(from: 157_766_400, through: 2_840_140_800, by: 86_400 * 3 + 3_600 * 5) {
            if zone.offset(at: Instant(seconds: seconds))
                != oracle.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            {
                differences += 1
            }
        }
        #expect(differences == 0)
    }

    @Test func `read a time in the spring gap with the offset before it, and one in the autumn fold as the first`()
        throws
    {
        let london = try #require(TimeZoneDatabase.system["Europe/London"])
        let march = try #require(CivilDate(iso: "2027-03-28"))
        let october = try #require(CivilDate(iso: "2027-10-31"))
        #expect(london.instant(LocalDateTime(date: march, secondOfDay: 5400)).description == "2027-03-28T01:30:00Z")
        #expect(london.instant(LocalDateTime(date: march, secondOfDay: 7200)).description == "2027-03-28T01:00:00Z")
        #expect(london.instant(LocalDateTime(date: october, secondOfDay: 5400)).description == "2027-10-31T00:30:00Z")
    }

    @Test(arguments: names)
    func `turn every moment into a wall time that leads back to it`(name: String) throws {
        let zone = try #require(TimeZoneDatabase.system[name])
        for seconds in stride(from: 1_700_000_000, through: 1_900_000_000, by: 12_345) {
            let instant = Instant(seconds: seconds)
            let back = zone.instant(zone.local(instant))
            #expect(back == instant || zone.local(back) == zone.local(instant))
        }
    }

    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "", "Europe/Nowhere", "GMT Standard Time"])
    func `know only names of the database`(name: String) {
        #expect(TimeZoneDatabase.system[name] == nil)
    }
}

@Suite struct `A cursor of a zone` {
    @Test(arguments: [
        "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu",
    ])
    func `gives the moments that the zone gives, in whatever order it is asked`(name: String) throws {
        let zone = try #require(TimeZoneDatabase.system[name])
        var cursor = ZoneCursor(zone)
        var local = LocalDateTime(seconds: -3_000_000_000)
        var step = 1
        while local.seconds < 9_000_000_000 {
            #expect(cursor.instant(local) == zone.instant(local), "\(name) \(local)")
            step = (step &* 48_271) % 2_147_483_647
            local = local + (step % 9 == 0 ? step % 20_000_000 - 2_000_000 : step % 5400)
            if step % 31 == 0 { local = local + 2_000_000 }
        }
    }

    @Test(arguments: [
        ("Europe/London", 3600), (":Europe/London", 3600), ("UTC", 0), ("", 0), ("CET-1CEST,M3.5.0,M10.5.0/3", 7200),
        ("/usr/share/zoneinfo/Asia/Kathmandu", 20_700),
    ])
    func `is the one that TZ names`(value: String, offset: Int) throws {
        let zone = try #require(TimeZoneDatabase.system.zone(environment: value))
        #expect(zone.offset(at: try #require(Instant(iso: "2027-07-01"))) == offset)
    }

    @Test func `is none where TZ names none`() {
        #expect(TimeZoneDatabase.system.zone(environment: "Mars/Olympus")?.name == nil)
        #expect(TimeZoneDatabase.system.zone(environment: nil)?.name != nil)
    }
}
