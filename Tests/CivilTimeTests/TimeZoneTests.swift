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
