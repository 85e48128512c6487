import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `The door of a session's room` {
    private let world: PageWorld
    private let server: MeetingServer

    init() throws {
        world = try PageWorld()
        server = try MeetingServer()
        try world.files.replace(
            "link: https://meet.example/abc",
            with: "bigbluebutton: \"\(server.address)\", secret: \"file:\(server.secretFile)\"", in: "muster.yaml")
    }

    /// The session in the room, and the path of somebody's own door, as their invitation has it.
    private func session() throws -> PublishedSession { try world.session("/pre-review") }

    private func text(_ person: PersonID, _ kind: OutboxMessage.Kind = .invitation) throws -> String {
        let id = try session().details.id
        let mail = try #require(
            try world.workspace().store.messages().last {
                $0.person == person && $0.session?.id == id && $0.kind == kind
            })
        return String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "").replacing("\r\n ", with: "")
    }

    private func door(_ person: PersonID) throws -> String {
        String(
            try #require(text(person).firstMatch(of: /https:\/\/reviews\.example(\/room\/[0-9a-f]{72})/)?.1))
    }

    private func person(_ role: RoleID) throws -> SessionDetails.Participant {
        try #require(try session().details.participants.first { $0.role == role })
    }

    private func entrance(_ page: Page) -> String? {
        page.text.firstMatch(of: /href="(http:[^"]*api\/join[^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
    }

    private func begin() throws { world.clock.later(try session().details.start - 600 - world.clock.now) }

    @Test func `opens for who leads, and lets others in only then, once however often it is knocked at`() async throws {
        try await world.publish()
        let (lead, host) = (try person("lead"), try person("host"))
        let doors = (lead: try door(lead.person), host: try door(host.person))
        try await world.browse { browser in
            let early = try await browser.post(doors.lead, [:])
            #expect(early.status == 409 && early.text.contains("The room opens at"), "\(early.text)")
            try begin()
            let seen = try await browser.get(doors.host)
            #expect(seen.status == 200 && seen.text.contains("Join as \(host.name)") && server.calls.isEmpty)
            let alone = try await browser.post(doors.host, [:])
            #expect(alone.status == 409 && alone.text.contains("opens when \(lead.name) comes"), "\(alone.text)")
            #expect(entrance(alone) == nil && !server.calls.contains { $0.hasPrefix("create") })

            let first = try await browser.post(doors.lead, [:])
            let again = try await browser.post(doors.lead, [:])
            #expect(entrance(first) == entrance(again))
            let title = try session().details.title
            #expect(try server.join(entrance(first) ?? "") == "MODERATOR \(lead.name) in \(title)")
            let second = try await browser.post(doors.host, [:])
            #expect(try server.join(entrance(second) ?? "") == "VIEWER \(host.name) in \(title)")
            let forged = (entrance(second) ?? "").replacing("role=VIEWER", with: "role=MODERATOR")
            #expect(try server.join(forged).contains("checksum"))
            let elsewhere = try await browser.post(doors.lead, [:], site: "cross-site")
            #expect(elsewhere.status == 403 && entrance(elsewhere) == nil)
        }
    }

    @Test func `is another one for each person, and the same for all in feeds, where names are asked for`() async throws
    {
        try await world.publish()
        let participants = try session().details.participants
        #expect(Set(try participants.map { try door($0.person) }).count == participants.count)
        let general = try #require(try session().details.link)
        #expect(general.wholeMatch(of: /https:\/\/reviews\.example\/room\/[0-9a-f]{32}/) != nil)
        for participant in participants { #expect(try !text(participant.person).contains(general)) }
        let lead = try person("lead")
        let feed = try world.workspace().calendarFeed(of: .person(lead.person)).text.replacing("\r\n ", with: "")
        #expect(try feed.contains(door(lead.person)) && !feed.contains(general))

        try begin()
        let own = try door(lead.person)
        let path = String(general.dropFirst("https://reviews.example".count))
        try await world.browse { browser in
            let nameless = try await browser.post(path, ["name": " "])
            #expect(nameless.status == 409 && nameless.text.contains("who you are"))
            let led = try await browser.post(own, [:])
            _ = try server.join(entrance(led) ?? "")
            let guest = try await browser.post(path, ["name": "Ms <Guest>"])
            #expect(try server.join(entrance(guest) ?? "").hasPrefix("VIEWER Ms <Guest> in"))
            for wrong in ["/room/" + String(repeating: "0", count: 32), "/room/x", own.dropLast() + "0x"] {
                let page = try await browser.get(String(wrong))
                #expect(page.status == 404, "\(wrong)")
            }
        }
    }

    @Test func `stays where it is when the session moves, and is gone when it is called off`() async throws {
        try await world.publish()
        let lead = try person("lead").person
        let (door, general) = (try door(lead), try session().details.link)
        let next = try #require(TimeZoneDatabase.system["Europe/London"]).local(try session().details.start + 86_400)
        _ = try await MoveSession.run(
            MoveSession.Request(
                session: session().details.id.rawValue, time: "\(next.date)T\(next.time)", reason: ""),
            in: try world.workspace()
        ) { _ in }
        try await world.publish()
        #expect(try session().details.link == general && text(lead, .update).contains(door))

        let id = try session().details.id
        _ = try await CancelTarget.run(CancelTarget.Request(target: id.rawValue, reason: ""), in: try world.workspace())
        { _ in }
        try await world.publish()
        try await world.browse { browser in
            let page = try await browser.get(door)
            #expect(page.status == 404 && page.text.contains("called off"))
        }
    }

    @Test func `says so where the server does not do its part, and the invitation went all the same`() async throws {
        try await world.publish()
        let door = try door(person("lead").person)
        try begin()
        try await world.browse { browser in
            try server.answer(withHTML: true)
            let page = try await browser.post(door, [:])
            #expect(page.status == 502 && page.text.contains("cannot be opened now"), "\(page.text)")
            try server.answer(withHTML: false)
            let better = try await browser.post(door, [:])
            #expect(better.status == 200 && entrance(better) != nil)
            try world.files.folder.write("wrong", to: "secret")
        }
        try world.files.replace(server.secretFile, with: world.files.folder.path + "/secret", in: "muster.yaml")
        try await world.browse { browser in
            let page = try await browser.post(door, [:])
            #expect(page.status == 502 && page.text.contains("cannot be opened now"), "\(page.text)")
        }
        try world.files.replace(server.address, with: "http://127.0.0.1:1/", in: "muster.yaml")
        try await world.browse { browser in
            let page = try await browser.post(door, [:])
            #expect(page.status == 502 && page.text.contains("cannot be opened now"), "\(page.text)")
        }
    }

    @Test(
        arguments: [
            (", secret: \"file:", ", secrets: \"file:", "secret"), ("bigbluebutton:", "link:", "only a room on"),
            ("bigbluebutton:", "jitsi: https://x.example, bigbluebutton:", "leave out one"),
            ("address: \"https://reviews.example\",", "", "pages: address"),
        ])
    func `is refused by the config where something is missing or too much`(old: String, new: String, error: String)
        throws
    {
        try world.files.replace(old, with: new, in: "muster.yaml")
        let failure = #expect(throws: Workspace.Failure.self) { try world.workspace() }
        #expect(failure?.description.contains(error) ?? false, "\(failure?.description ?? "")")
    }
}
