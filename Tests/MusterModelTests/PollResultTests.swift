import CivilTime
import MusterModel
import MusterTestSupport
import Testing

@Suite struct `The result of a poll` {
    private static let regions = ["North", "South", "West", nil]

    /// So many schools of random regions, with a person each who answered at random.
    private func world(_ count: Int, _ random: inout SeededGenerator) -> (Poll, [PollAnswer], Programme) {
        let numbers = 0..<count
        let schools = numbers.map { number in
            School(
                id: "\(number)", name: "School \(number)",
                phase: ["Primary", "Secondary"].randomElement(using: &random),
                region: Self.regions.randomElement(using: &random) ?? nil, zone: .utc, days: SchoolDays())
        }
        let people = numbers.map {
            Person(id: "p\($0)", name: "P", address: "p\($0)@x.example", school: "\($0)", zone: .utc)
        }
        let choices = ["a", "b", "c"].map { Poll.Choice(id: $0, text: $0.uppercased()) }
        let dates =
            TimeZoneRules.utc.local(Instant(seconds: 0)).date...TimeZoneRules.utc.local(Instant(seconds: 0)).date
        let poll = Poll(
            id: "poll", title: "T", question: "Q", choices: choices, mostChoices: 3, people: people.map(\.id),
            dates: dates)
        let answers = people.filter { _ in Bool.random(using: &random) }.map { person in
            let chosen = choices.map(\.id).filter { _ in Bool.random(using: &random) }
            return PollAnswer(
                poll: "poll", person: person.id, choices: chosen.isEmpty ? ["a"] : chosen, at: Instant(seconds: 0))
        }
        let programme = Programme(
            schools: schools, people: people, partnerships: [], cycles: [], rooms: [], polls: [poll])
        return (poll, answers, programme)
    }

    @Test(arguments: 0..<200)
    func `counts everybody once, and shows no group from which one could tell who chose what`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let (poll, answers, programme) = world(Int.random(in: 0...40, using: &random), &random)
        let result = PollResult(poll, answers, of: programme)
        #expect(result.answered == answers.count && result.asked == poll.people.count)
        #expect(result.lines.reduce(0) { $0 + $1.count } == answers.reduce(0) { $0 + $1.choices.count })
        for kind in ["region", "phase"] {
            let groups = result.groups.filter { $0.name.hasPrefix(kind) }
            let shown = groups.reduce(0) { $0 + $1.answered }
            #expect(groups.allSatisfy { $0.answered >= PollResult.smallestGroup })
            if !groups.isEmpty {
                let rest = answers.count - shown
                #expect(rest == 0 || rest >= PollResult.smallestGroup, "the rest is told by subtraction")
            }
            for (index, line) in result.lines.enumerated() {
                #expect(groups.reduce(0) { $0 + $1.lines[index].count } <= line.count)
            }
        }
        #expect(result.lines.allSatisfy { (0...100).contains($0.share) })
        #expect(result.ranking.map(\.count) == result.lines.map(\.count).sorted(by: >))
    }

    @Test(arguments: [(0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 2, 50), (300, 300, 100), (1, 300, 0)])
    func `rounds shares of a hundred`(count: Int, of all: Int, share: Int) {
        var random = SeededGenerator(seed: 1)
        let (poll, _, programme) = world(1, &random)
        let answers = (0..<all).map {
            PollAnswer(poll: "poll", person: "p\($0)", choices: [$0 < count ? "a" : "b"], at: Instant(seconds: 0))
        }
        #expect(PollResult(poll, answers, of: programme).lines[0].share == share)
    }
}
