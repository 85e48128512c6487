import CivilTime
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterModel

@Suite struct `The season as a page` {
    private static func season(weeks: Int, label: String = "Oakford", sessions: [Season.SessionLine] = []) throws
        -> Season
    {
        let monday = try #require(CivilDate(iso: "2027-01-04"))
        let mark = Season.Mark(symbol: "●", letter: "P", name: "Pre-review")
        let cells = (0..<weeks).map { week in
            Season.Cell(marks: week == 1 ? [mark] : [], shade: week == 2 ? .closed : nil)
        }
        let row = Season.Row(track: "spring/900001", label: label, cells: cells, sessions: sessions, unscheduled: nil)
        let missing = Season.Row(track: "spring/900002", label: "Lower Wood", cells: [], sessions: [], unscheduled: 1)
        var season = Season(
            programme: Programme(schools: [], people: [], partnerships: [], cycles: [], rooms: []), plan: Plan(),
            ledger: Ledger([], at: monday.startInUTC))
        season.groups = [
            Season.Group(
                cycle: "spring", name: "spring", title: "Tamar Valley: spring",
                weeks: (0..<weeks).map { monday + 7 * $0 },
                legend: [mark],
                rows: [row, missing])
        ]
        season.unscheduled = [
            Season.Unscheduled(
                label: "Lower Wood", reasons: ["nobody leads"], remedies: ["somebody led"], isVerified: true)
        ]
        return season
    }

    private static func html(_ season: Season, title: String = "Reviews") throws -> String {
        try SeasonPage(title: title, summary: "1 of 2 schools", season: season, remarks: [], footer: "").html()
    }

    @Test(arguments: [1, 11, 57])
    func `shows every week, every date with its team, and what is missing with its reason`(weeks: Int) throws {
        let line = Season.SessionLine(
            id: "spring/900001/review", stage: "Review", when: "Wed 13 Jan 14:00–15:00",
            team: ["lead reviewer: Ann Marsh"])
        let html = try Self.html(try Self.season(weeks: weeks, sessions: [line]))
        #expect(html.matches(of: /<th scope="col">\d+ [A-Z][a-z]{2}<\/th>/).count == weeks)
        for text in [line.when, line.stage, line.team[0], "see 1 below", "Nobody leads", "It would fit if"] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!html.contains("<script") && !html.contains("http"), "nothing runs in it, and nothing is fetched")
    }

    @Test func `takes whatever people are called for text`() throws {
        var random = SeededGenerator(seed: 7)
        let parts = [
            "<b>", "\"", "'", "&amp;", "\u{301}", "\u{200D}", "onload=", "</td>", "{{title}}", "é", " ",
            "<\u{301}script>",
        ]
        for _ in 0..<200 {
            let name = (0..<Int.random(in: 1...6, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }.joined()
            let line = Season.SessionLine(id: "a", stage: name, when: name, team: [name])
            let html = try Self.html(try Self.season(weeks: 2, label: name, sessions: [line]), title: name)
            let plain = try Self.html(
                try Self.season(
                    weeks: 2, label: "x",
                    sessions: [
                        Season.SessionLine(id: "a", stage: "x", when: "x", team: ["x"])
                    ]), title: "x")
            for byte in ["<", ">", "\""].compactMap(\.utf8.first) {
                #expect(html.utf8.count { $0 == byte } == plain.utf8.count { $0 == byte }, "\(name.debugDescription)")
            }
        }
    }
}

extension CivilDate {
    fileprivate var startInUTC: Instant { Instant(utc: LocalDateTime(date: self)) }
}
