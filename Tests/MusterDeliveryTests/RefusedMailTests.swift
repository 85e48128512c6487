import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing
import Transport

/// What becomes of mails that a server does not take, or of which nobody hears whether it did.
@Suite struct `Sending to servers that refuse` {
    @Test func `a refused message stops nobody else, and is tried again or dead with the server's words`() async throws
    {
        let world = try World()
        world.transport.fail(
            "ann@school.example", with: TransportError(.refused, status: 550, "refused for good: 550 no such user"))
        try world.publish([session(["ben", "ann", "cid"])])
        let report = try await world.send()
        #expect(report.delivered == 2 && report.dead.map(\.error) == ["refused for good: 550 no such user"])
        #expect(try world.store.messages([.dead]).first?.lastError == "refused for good: 550 no such user")
    }

    @Test func `trouble with the way ends the run, loses nothing and is mended later with the same Message-ID`()
        async throws
    {
        let world = try World()
        world.transport.fail("ann@school.example", with: TransportError(.unreachable, "no connection"))
        let messages = try world.publish([session()])
        let report = try await world.send()
        #expect(report.delivered == 0 && report.stopped == "no connection")
        #expect(try world.store.outboxCounts() == [.due: 2])
        world.transport.fail("ann@school.example", with: nil)
        world.later(120)
        try await world.send()
        #expect(Set(world.transport.sent.map(\.identifier)) == Set(messages.map(\.messageID)))
    }

    @Test func `a server that refuses everybody kills no mail`() async throws {
        let world = try World()
        let people = ["ann", "ben", "cid", "dot", "eve"]
        for person in people {
            world.transport.fail(
                "\(person)@school.example",
                with: TransportError(.refused, status: 554, "refused for good: relay denied"))
        }
        try world.publish([session(people)])
        let report = try await world.send()
        #expect(report.stopped?.contains("refuses everybody") == true && report.dead.isEmpty)
        #expect(try world.store.outboxCounts() == [.due: 5])
    }

    @Test func `a quota that is spent in the middle kills no mail`() async throws {
        let world = try World()
        let people = ["ann", "ben", "cid", "dot", "eve"]
        for person in people.dropFirst() {
            world.transport.fail(
                "\(person)@school.example",
                with: TransportError(.refused, status: 550, "refused for good: limit exceeded"))
        }
        try world.publish([session(people)])
        let report = try await world.send()
        #expect(report.delivered == 1 && report.dead.count <= 1 && report.stopped != nil)
    }

    @Test func `what may not have arrived is told again`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        world.transport.fail("ann@school.example", with: TransportError(.timeout, "no answer in time"))
        try world.publish([session(start: 1_800_086_400)])
        try await world.send()
        try world.publish([session(start: 1_800_172_800)])
        #expect(try world.publish([session(start: 1_800_086_400)]).map(\.person) == ["ann"])
    }

    @Test func `a dead mail is not revived after a newer one`() async throws {
        let world = try World()
        world.transport.fail(
            "ann@school.example", with: TransportError(.refused, status: 550, "refused for good: no such user"))
        try world.publish([session(["ben", "ann"])])
        try await world.send()
        #expect(try world.store.outboxCounts() == [.delivered: 1, .dead: 1])
        world.transport.fail("ann@school.example", with: nil)
        try world.publish([session(["ben", "ann"], start: 1_800_086_400)])
        try await world.send()
        #expect(try world.store.move(nil, from: [.dead, .superseded], to: .due, due: world.now) == 0)
    }
}
