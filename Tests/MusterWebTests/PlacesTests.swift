import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `An event with few places` {
    private let world: PageWorld
    private static let session: SessionID = "spring/training/training"
    private static let link = "https://meet.example/secret"

    init() throws {
        world = try PageWorld()
        try world.addTraining(
            link: Self.link, ["invited: [a.marsh, s.ellis, j.patel, k.o, m.khan]", "places: 2"])
    }

    private func text(_ message: OutboxMessage) -> String {
        String(decoding: message.content, as: UTF8.self).replacing("=\r\n", with: "")
    }

    private func invitation(_ person: PersonID) throws -> OutboxMessage {
        try #require(
            try world.workspace().store.messages().first {
                $0.person == person && $0.session?.id == Self.session && $0.kind == .invitation
            })
    }

    private func path(_ person: PersonID) throws -> String {
        String(
            try #require(
                text(try invitation(person)).firstMatch(of: /https:\/\/reviews\.example(\/answer\/[0-9a-f]{72})/)?.1))
    }

    /// What somebody was told about places, the newest last.
    private func told(_ person: PersonID) throws -> [String] {
        try world.workspace().store.messages().filter { $0.reason == "place" && $0.person == person }
            .sorted { $0.number < $1.number }.map { String($0.subject.prefix { $0 != ":" }) }
    }

    @Test func `tells where to join only those who have a place, and the others how they stand`() async throws {
        try await world.publish()
        #expect(try text(invitation("z.ali")).contains(Self.link), "who runs it knows")
        for person in ["a.marsh", "s.ellis"] {
            let mail = try text(invitation(PersonID(person)))
            #expect(!mail.contains(Self.link) && mail.contains("2 places") && mail.contains("comes with your place"))
        }
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "j.patel", "k.o"] {
                world.clock.later(5)
                _ = try await browser.post(try path(PersonID(person)), ["answer": "accepted"])
            }
            #expect(try await browser.get(path("a.marsh")).text.contains("You have a place."))
            #expect(try await browser.get(path("a.marsh")).text.contains(Self.link))
            let third = try await browser.get(path("j.patel")).text
            #expect(third.contains("You are number 1 on the waiting list.") && !third.contains(Self.link))
            let own = browser.another
            try await own.signIn(.coordinator)
            let session = try await own.get("/sessions/\(Self.session)").text
            #expect(session.contains("comes, by link, has a place") && session.contains("waits as number 2"))
        }
        let placed = try #require(
            try world.workspace().store.messages().first { $0.subject.hasPrefix("You have a place") })
        #expect(text(placed).contains(Self.link))
        #expect(try told("a.marsh") == ["You have a place"] && told("k.o") == ["On the waiting list"])
        #expect(try told("m.khan").isEmpty)
        let before = try world.workspace().store.messages().count
        for _ in 0..<2 { try world.workspace().settlePlaces(at: world.clock.now) }
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try world.workspace()) { _ in }
        #expect(try world.workspace().store.messages().count == before, "nobody is told twice")
    }

    @Test func `offers a place that somebody gives back, by whatever way they say so, and passes it on`() async throws {
        try await world.publish()
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "j.patel", "k.o"] {
                world.clock.later(5)
                _ = try await browser.post(try path(PersonID(person)), ["answer": "accepted"])
            }
        }
        world.clock.later(60)
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(session: Self.session.rawValue, person: "a.marsh", status: .declined, comment: ""),
            in: try world.workspace()
        ) { _ in }
        try world.workspace().settlePlaces(at: world.clock.now)
        #expect(try told("j.patel").last == "A place is free for you")
        let list = try world.workspace().store.waitingList(of: world.session("training/training").uid)
        let end = try #require(list.nextEnd)
        let zone = try #require(TimeZoneDatabase.system["Europe/London"])
        #expect(zone.local(end).time == TimeOfDay(minutes: 1080), "at the end of a day, and no night passes unasked")
        #expect(zone.local(end).date > zone.local(world.clock.now).date)
        world.clock.later(end - world.clock.now)
        _ = try await world.workspace().send()
        #expect(try told("j.patel").last == "The place has gone to somebody else")
        #expect(try told("k.o").last == "A place is free for you")
        world.clock.later(120)
        try await world.browse { browser in
            _ = try await browser.post(try path("k.o"), ["answer": "accepted"])
            #expect(try await browser.get(path("k.o")).text.contains("You have a place."))
            _ = try await browser.post(try path("j.patel"), ["answer": "accepted"])
            #expect(try await browser.get(path("j.patel")).text.contains("You are number 1 on the waiting list."))
        }
        #expect(try told("k.o") == ["On the waiting list", "A place is free for you", "You have a place"])
    }

    @Test func `leaves people their places where it is moved, and tells them of another address alone`() async throws {
        try await world.publish()
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "j.patel"] {
                world.clock.later(5)
                _ = try await browser.post(try path(PersonID(person)), ["answer": "accepted"])
            }
        }
        _ = try await world.workspace().send()
        let before = try world.workspace().store.messages().count
        let other = "https://meet.example/other"
        try world.files.replace(Self.link, with: other, in: "programme/cycles/spring.yaml")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try world.workspace()) { _ in }
        let updates = try world.workspace().store.messages().filter {
            $0.number > before && $0.session?.id == Self.session
        }
        #expect(
            Set(updates.compactMap(\.person)) == ["a.marsh", "s.ellis", "z.ali"], "\(updates.compactMap(\.person))")
        #expect(updates.allSatisfy { text($0).contains(other) })

        let start = try world.session("training/training").details.start
        _ = try await MoveSession.run(
            MoveSession.Request(session: Self.session.rawValue, time: Self.local(start + 900), reason: ""),
            in: try world.workspace()
        ) { _ in }
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try world.workspace()) { _ in }
        let session = try world.session("training/training")
        #expect(session.details.start == start + 900)
        try world.workspace().settlePlaces(at: world.clock.now)
        let list = try world.workspace().store.waitingList(of: session.uid)
        #expect(list.state(of: "a.marsh") == .placed && list.state(of: "s.ellis") == .placed)
        #expect(list.position(of: "j.patel") == 1)
    }

    /// `2027-01-14T13:30` on the clocks of the host.
    private static func local(_ instant: Instant) -> String {
        let local = (TimeZoneDatabase.system["Europe/London"] ?? .utc).local(instant)
        return "\(local.date)T\(local.time)"
    }

    @Test func `asks only those how it was who had a place`() async throws {
        try world.files.replace(
            "training:\n", with: "feedback: { questions: [\"How was it?\"] }\ntraining:\n",
            in: "programme/cycles/spring.yaml")
        try await world.publish()
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "j.patel"] {
                world.clock.later(5)
                _ = try await browser.post(try path(PersonID(person)), ["answer": "accepted"])
            }
        }
        let end = try world.session("training/training").details.end
        world.clock.later(end + 3700 - world.clock.now)
        _ = try await world.workspace().send()
        let asked = try world.workspace().store.messages().filter {
            $0.reason == "feedback" && $0.session?.id == Self.session
        }.map(\.person)
        #expect(Set(asked) == ["a.marsh", "s.ellis", "z.ali"])
    }

    @Test func `gives no place twice, however many say yes at the same second`() async throws {
        try await world.publish()
        let people = ["a.marsh", "s.ellis", "j.patel", "k.o", "m.khan"]
        let paths = try people.map { try path(PersonID($0)) }
        try await world.browse { browser in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    for path in paths {
                        let own = browser.another
                        group.addTask { _ = try await own.post(path, ["answer": "accepted"]) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let list = try world.workspace().store.waitingList(of: world.session("training/training").uid)
        #expect(list.taken == 2 && list.entries.count == 5)
        #expect(try people.map { try told(PersonID($0)).count } == [1, 1, 1, 1, 1])
    }

    @Test func `asks nobody any more shortly before it, and reminds only those who come`() async throws {
        try await world.publish()
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "j.patel"] {
                world.clock.later(5)
                _ = try await browser.post(try path(PersonID(person)), ["answer": "accepted"])
            }
        }
        let session = try world.session("training/training")
        world.clock.later(session.details.start - 3600 - world.clock.now)
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(session: Self.session.rawValue, person: "a.marsh", status: .declined, comment: ""),
            in: try world.workspace()
        ) { _ in }
        _ = try await world.workspace().send()
        #expect(try told("j.patel") == ["On the waiting list"])
        world.clock.later(7200)
        _ = try await world.workspace().send()
        #expect(try told("j.patel") == ["On the waiting list"], "nobody after the start")
    }
}
