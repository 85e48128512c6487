import CivilTime
import Foundation
import Testing

@Suite struct `Civil dates` {
    @Test func `count days as Foundation does, over eight centuries`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        for dayNumber in stride(from: -135_000, through: 160_000, by: 61) {
            let date = CivilDate(dayNumber: dayNumber)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(dayNumber) * 86_400))
            let (year, month, day) = date.components
            #expect(year == parts.year && month == parts.month && day == parts.day)
            #expect((date.weekday.rawValue + 1) % 7 + 1 == parts.weekday)
            #expect(CivilDate(year: year, month: month, day: day) == date)
            #expect(CivilDate(iso: date.description) == date)
        }
    }

    @Test(arguments: [
        "2027-02-29", "2027-13-01", "2027-00-10", "2027-1-1", "27-01-01", "2027-01-32", "", "2027/01/01", "２０２７-01-01",
    ])
    func `refuse what is no day`(text: String) {
        #expect(CivilDate(iso: text) == nil)
    }

    @Test(arguments: [Int.min, Int.max, -1_000_000, 1_000_000])
    func `refuse years that nobody counts`(year: Int) {
        #expect(CivilDate(year: year, month: 1, day: 1) == nil)
    }

    @Test(arguments: [
        ("2027-01-11T14:00:00Z", 1_799_676_000), ("2027-01-11T14:00:00+01:00", 1_799_672_400),
        ("2027-01-11T14:00-0530", 1_799_695_800), ("2027-01-11", 1_799_625_600),
    ])
    func `read moments in ISO 8601`(text: String, seconds: Int) {
        #expect(Instant(iso: text)?.seconds == seconds)
    }

    @Test(arguments: ["2027-01-11T14:00:00", "2027-01-11T25:00Z", "2027-01-11T14:00:00+1", "now"])
    func `refuse moments without a zone or a clock`(text: String) {
        #expect(Instant(iso: text) == nil)
    }

    @Test(arguments: [("8:45", 525), ("08:45", 525), ("24:00", 1440), ("00:00", 0)])
    func `read times of day`(text: String, minutes: Int) {
        #expect(TimeOfDay(text)?.minutes == minutes)
    }

    @Test(arguments: ["24:01", "8.45", "8", "08:60", "-1:00", "008:00"])
    func `refuse what is no time of day`(text: String) {
        #expect(TimeOfDay(text) == nil)
    }
}
