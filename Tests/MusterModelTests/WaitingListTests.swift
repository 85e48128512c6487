import CivilTime
import MusterModel
import MusterTestSupport
import Testing

@Suite struct `A waiting list` {
    private static func at(_ seconds: Int) -> Instant { Instant(seconds: seconds) }

    /// Says yes or no at moments, and what comes of it.
    private struct World {
        var list = WaitingList()
        var accepted: [PersonID: Instant] = [:]
        var now = 0
        var places: Int

        mutating func settle(offersEnd: Int? = 1000) -> [WaitingList.Change] {
            list.settle(accepted: accepted, places: places, offersEnd: offersEnd.map { at($0) }, at: at(now))
        }

        mutating func yes(_ person: PersonID, offersEnd: Int? = 1000) -> [WaitingList.Change] {
            now += 1
            accepted[person] = at(now)
            return settle(offersEnd: offersEnd)
        }

        mutating func no(_ person: PersonID, offersEnd: Int? = 1000) -> [WaitingList.Change] {
            now += 1
            accepted[person] = nil
            return settle(offersEnd: offersEnd)
        }
    }

    @Test func `gives places to those who come first, and numbers to the others`() {
        var world = World(places: 2)
        #expect(world.yes("a") == [.placed("a")] && world.yes("b") == [.placed("b")])
        #expect(world.yes("c") == [.waits("c", position: 1)] && world.yes("d") == [.waits("d", position: 2)])
        #expect(world.yes("a").isEmpty && world.yes("c").isEmpty, "to say yes again changes nothing")
        #expect(world.settle().isEmpty)
    }

    @Test func `offers a place that is free at once to whoever waited longest, who takes it by saying yes again`() {
        var world = World(places: 1)
        for person in ["a", "b", "c"] { _ = world.yes(PersonID(person)) }
        #expect(world.no("a") == [.offered("b", until: Self.at(1000))])
        #expect(world.list.taken == 1 && world.yes("d") == [.waits("d", position: 2)])
        #expect(world.yes("b") == [.placed("b")])
        #expect(world.no("b") == [.offered("c", until: Self.at(1000))])
        #expect(world.no("c") == [.offered("d", until: Self.at(1000))], "a no to an offer passes it on")
    }

    @Test func `passes an offer on that nobody takes, and has whoever let it go begin anew at the end`() {
        var world = World(places: 1)
        for person in ["a", "b", "c"] { _ = world.yes(PersonID(person)) }
        _ = world.no("a", offersEnd: 50)
        world.now = 50
        #expect(world.settle(offersEnd: 90) == [.lapsed("b"), .offered("c", until: Self.at(90))])
        #expect(world.settle(offersEnd: 90).isEmpty && world.list.state(of: "b") == .lapsed)
        #expect(world.yes("d") == [.waits("d", position: 1)])
        #expect(world.yes("b") == [.waits("b", position: 2)], "behind who came meanwhile")
        world.now = 90
        #expect(world.settle(offersEnd: 200).contains(.offered("d", until: Self.at(200))))
    }

    @Test func `takes a yes that came too late for another one`() {
        var world = World(places: 1)
        for person in ["a", "b", "c"] { _ = world.yes(PersonID(person)) }
        _ = world.no("a", offersEnd: 50)
        world.now = 60
        #expect(world.yes("b", offersEnd: 90) == [.offered("c", until: Self.at(90)), .waits("b", position: 1)])
    }

    @Test func `is asked no more when it is too late, and lets nobody jump the queue`() {
        var world = World(places: 1)
        for person in ["a", "b"] { _ = world.yes(PersonID(person)) }
        #expect(world.no("a", offersEnd: nil).isEmpty)
        #expect(world.yes("c", offersEnd: nil) == [.waits("c", position: 2)])
        #expect(world.list.taken == 0)
    }

    @Test func `offers more places to those who wait, and takes none away where there are fewer`() {
        var world = World(places: 1)
        for person in ["a", "b", "c", "d"] { _ = world.yes(PersonID(person)) }
        world.places = 3
        world.now += 1
        #expect(world.settle() == [.offered("b", until: Self.at(1000)), .offered("c", until: Self.at(1000))])
        world.places = 1
        world.now += 1
        #expect(world.settle().isEmpty && world.list.taken == 3)
    }

    /// Whatever people click in whatever order, while time and places change.
    @Test(arguments: 0..<400)
    func `never promises more places than there are, keeps the order, and says the same twice to nobody`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var world = World(places: Int.random(in: 1...4, using: &random))
        let people = (0..<8).map { "p\($0)" }
        var told: [PersonID: WaitingList.Change] = [:]
        for _ in 0..<120 {
            let end =
                Int.random(in: 0..<6, using: &random) == 0 ? nil : world.now + Int.random(in: 2...20, using: &random)
            let person = people.randomElement(using: &random) ?? "p0"
            let before = world.list
            let most = max(world.places, before.taken)
            let changes: [WaitingList.Change]
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<4: changes = world.yes(PersonID(person), offersEnd: end)
            case 4..<6: changes = world.no(PersonID(person), offersEnd: end)
            case 6:
                world.now += Int.random(in: 1...15, using: &random)
                changes = world.settle(offersEnd: end)
            default:
                world.places = Int.random(in: 1...4, using: &random)
                changes = world.settle(offersEnd: end)
            }
            #expect(world.list.taken <= max(most, world.places), "more places than there are")
            #expect(Set(world.list.entries.map(\.person)) == Set(world.accepted.keys))
            #expect(Set(world.list.entries.map(\.number)).count == world.list.entries.count)
            // Of two who waited before and wait or were served now, the earlier was served first.
            let waited = before.entries.filter { $0.state == .waiting && world.accepted[$0.person] != nil }
            let served = waited.filter { world.list.state(of: $0.person) != .waiting }.map(\.number).max() ?? 0
            let left = waited.filter { world.list.state(of: $0.person) == .waiting }.map(\.number).min() ?? Int.max
            #expect(served < left, "somebody jumped the queue")
            // Who comes now gets nothing while others wait.
            if let waiting = world.list.entries.first(where: { $0.state == .waiting }) {
                let later = world.list.entries.filter {
                    $0.number > waiting.number && before.state(of: $0.person) == nil
                }
                #expect(later.allSatisfy { $0.state == .waiting })
            }
            for change in changes {
                let who: PersonID =
                    switch change {
                    case .placed(let who), .waits(let who, _), .offered(let who, _), .lapsed(let who): who
                    }
                if case .placed = change { #expect(told[who] != .placed(who) || before.state(of: who) != .placed) }
                told[who] = change
            }
            #expect(world.settle(offersEnd: end).isEmpty, "it is settled")
        }
    }
}
