import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import Testing
import Transport

@Suite struct `Delivering` {
    private let down = TransportError(.unreachable, "no connection")
    private let failing = TransportError(.deferred, status: 500, "status 500")

    @Test func `has as many messages under way as there are connections`() async throws {
        let desk = try Desk(.webhook(connections: 3))
        for number in 0..<40 { try desk.put("m\(number)") }
        #expect(try await desk.send().delivered == 40)
        #expect((2...3).contains(desk.courier.most))
    }

    @Test func `keeps the order of one session and recipient`() async throws {
        let desk = try Desk(.webhook(connections: 8))
        try desk.put("1", "2", "3", uid: "session")
        desk.courier.fail(failing)
        try await desk.send()
        #expect(desk.courier.taken.isEmpty, "the first is to be tried again before the others")
        desk.later(10)
        try await desk.send()
        #expect(desk.courier.taken == ["1", "2", "3"])
    }

    @Test func `leaves a server alone that cannot be reached, for longer each time, and tries with one message`()
        async throws
    {
        let desk = try Desk(.mail(connections: 4), destination: OutboxMessage.mail)
        for number in 0..<20 { try desk.put("m\(number)") }
        var pauses: [Int] = []
        desk.courier.failAlways(down)
        for _ in 0..<6 {
            let report = try await desk.send()
            #expect(report.stopped == "no connection")
            let retry = try #require(try desk.state.retryAt)
            pauses.append(retry - desk.now)
            #expect(try await desk.send().deferredCount == 0, "nothing is tried in between")
            desk.later(retry - desk.now)
        }
        #expect(zip(pauses, pauses.dropFirst()).prefix(3).allSatisfy { $0 < $1 } && pauses.allSatisfy { $0 <= 4320 })
        desk.courier.failAlways(nil)
        try await desk.send()
        desk.later(5000)
        try await desk.send()
        #expect(desk.courier.taken.count == 20)
        #expect(try desk.state.failingSince == nil && desk.state.retryAt == nil)
    }

    @Test func `tries at once when somebody asks for it`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("1")
        desk.courier.fail(down)
        try await desk.send()
        desk.later(120)
        desk.courier.fail(down)
        try await desk.send()
        #expect(try await desk.send().delivered == 0)
        desk.later(400)
        #expect(try await desk.send(isAskedFor: true).delivered == 1)
    }

    @Test func `never gives up on an endpoint after three failures, but after three days, and loses nothing then`()
        async throws
    {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("1", "2", "3")
        desk.courier.failAlways(failing)
        var attempts = 0
        while try desk.state.givenUp == nil, attempts < 100 {
            attempts += try await desk.send().deferredCount
            let next = try desk.deliverer.nextRound() ?? desk.now + 60
            desk.later(max(1, next - desk.now))
        }
        let since = try #require(try desk.state.failingSince)
        #expect((271_000...310_000).contains(try #require(try desk.state.givenUp) - since))
        #expect((8...40).contains(attempts), "\(attempts)")
        #expect(try desk.store.outboxCounts() == [.due: 3])
        #expect(try desk.deliverer.nextRound() == nil)
        desk.courier.failAlways(nil)
        #expect(try await desk.send().delivered == 0, "nothing is tried before somebody asks for it")
        try desk.store.reopen("hook", at: desk.now)
        #expect(try await desk.send().delivered == 3)
    }

    @Test func `is over for an endpoint that says it is gone`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1")
        desk.courier.fail(TransportError(.gone, status: 410, "gone"))
        try await desk.send()
        #expect(try desk.state.givenUp == desk.now)
        #expect(try desk.store.outboxCounts() == [.due: 1])
    }

    @Test func `waits as long as the server wants`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1")
        desk.courier.fail(TransportError(.deferred, status: 429, retryAfter: 4000, "status 429"))
        try await desk.send()
        #expect(try #require(try desk.deliverer.nextRound()) - desk.now >= 4000)
    }

    @Test func `goes at the rate that is set, also over a restart`() async throws {
        let desk = try Desk(.mail(perMinute: 30), destination: OutboxMessage.mail)
        for number in 0..<100 { try desk.put("m\(number)") }
        var sent: [Int] = []
        for _ in 0..<120 {
            sent.append(try await desk.send().delivered)
            desk.later(1)
        }
        #expect(sent.reduce(0, +) <= 63 && sent.reduce(0, +) >= 58)
        #expect(try #require(sent.max()) <= 3)
    }

    @Test func `drains the newest state first`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("old")
        try desk.store.publish(Publication(basis: nil, plan: Plan(), note: "", at: desk.now))
        try desk.put("new1", "new2")
        try await desk.send()
        #expect(desk.courier.taken == ["new1", "new2", "old"])
    }

    @Test func `drops what came too late to be of use, and says so`() async throws {
        let desk = try Desk(.webhook())
        try desk.put("1", expires: desk.now + 60)
        try desk.put("2", expires: desk.now + 600)
        desk.later(120)
        let report = try await desk.send()
        #expect(report.expired == 1 && report.delivered == 1)
        #expect(try desk.store.outboxCounts() == [.expired: 1, .delivered: 1])
    }

    @Test func `gives a poisoned message up in the end, while others get through`() async throws {
        let desk = try Desk(.webhook(connections: 1))
        try desk.put("poison")
        for round in 0..<10 {
            desk.courier.fail(failing)
            try await desk.send()
            desk.courier.fail()
            try desk.put("well\(round)")
            try await desk.send(isAskedFor: true)
            desk.later(110_000)
        }
        #expect(try desk.store.outboxCounts() == [.dead: 1, .delivered: 10])
        #expect(try desk.store.replay("hook", since: nil, at: desk.now) == 1)
        #expect(try await desk.send().delivered == 1)
    }

    @Test(arguments: [TransportError.Kind.timeout, .broken, .deferred])
    func `lets no poisoned message keep others from being tried`(kind: TransportError.Kind) async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("poison")
        desk.courier.poison("poison", with: TransportError(kind, "no answer in time"))
        for _ in 0..<12 {
            try await desk.send(isAskedFor: true)
            desk.later(600)
        }
        try desk.put("well1", "well2", "well3")
        for _ in 0..<20 where desk.courier.taken.count < 3 {
            try await desk.send()
            desk.later(600)
        }
        #expect(Set(desk.courier.taken) == ["well1", "well2", "well3"])
    }

    @Test func `takes a dead address for no trouble with the way`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("well", "dead", "other")
        desk.courier.poison("dead", with: TransportError(.refused, status: 550, "no such user"))
        let report = try await desk.send()
        #expect(report.delivered == 2 && report.deadCount == 1 && report.stopped == nil)
        #expect(try desk.state.failingSince == nil)
        try desk.put("dead2")
        desk.courier.poison("dead2", with: TransportError(.refused, status: 550, "no such user"))
        try await desk.send()
        desk.later(4000)
        try desk.put("last")
        #expect(try await desk.send().stopped == nil)
    }

    @Test func `waits for no time that only a clock which went ahead has made late`() async throws {
        let desk = try Desk(.mail(), destination: OutboxMessage.mail)
        try desk.put("1")
        desk.courier.fail(down)
        try await desk.send()
        try desk.put("2")
        desk.later(-3 * 86_400)
        #expect(try await desk.send().delivered == 0)
        try desk.store.pullForward(to: desk.now)
        #expect(try await desk.send().delivered == 2)
    }
}
