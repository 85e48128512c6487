import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `Who was there` {
    private let world: PageWorld
    private static let session = "spring/training/training"

    init() throws {
        world = try PageWorld()
        try world.addTraining(
            link: "https://meet.example/training", ["invited: [s.ellis, j.patel, k.o, m.khan]"],
            cycle: ["feedback:", "  questions: [How useful was it?]", "  stages: [training]"])
    }

    private func text(_ message: OutboxMessage) -> String {
        String(decoding: message.content, as: UTF8.self).replacing("=\r\n", with: "")
    }

    private func doors() throws -> [PersonID: String] {
        try world.workspace().store.messages().filter {
            $0.session?.id.rawValue == Self.session && $0.kind == .invitation
        }
        .reduce(
            into: [:]
        ) { doors, message in
            let path = text(message).firstMatch(of: /https:\/\/reviews\.example(\/attendance\/[0-9a-f]{72})/)?.1
            if let person = message.person { doors[person] = path.map(String.init) }
        }
    }

    private func entries() async throws -> [PersonID: Bool?] {
        let request = ListAttendance.Request(session: Self.session)
        return try await ListAttendance.run(request, in: try world.workspace()) { _ in }.entries.reduce(into: [:]) {
            $0[$1.person] = $1.wasThere
        }
    }

    private func move(to moment: Instant) { world.clock.later(moment - world.clock.now) }

    private func record(
        _ people: [String: Bool] = [:], sheet: String = ""
    ) async throws -> RecordAttendance.Response {
        try await RecordAttendance.run(
            RecordAttendance.Request(session: Self.session, people: people, sheet: Data(sheet.utf8)),
            in: try world.workspace()
        ) { _ in }
    }

    @Test func `is said by whoever runs the event, on a page that nobody else is told of, and not by a scanner`()
        async throws
    {
        try await world.publish()
        #expect(try Set(doors().keys) == ["z.ali"])
        let door = try #require(try doors()["z.ali"])
        let details = try world.session(Self.session).details
        try await world.browse { browser in
            let early = try await browser.post(door, ["do": "keep"])
            #expect(early.status == 409 && early.text.contains("has not begun"))
            move(to: details.end)
            let page = try await browser.get(door)
            #expect(page.text.contains("Nobody has said so yet") && !page.text.contains("checked"))
            let pressed = try await browser.post(door, ["p0": "s.ellis"])
            #expect(pressed.status == 400, "a form as it stands says nothing")
            let elsewhere = try await browser.post(door, ["do": "keep", "p0": "s.ellis"], site: "cross-site")
            #expect(elsewhere.status == 403)
            #expect(try await entries().values.allSatisfy { $0 == nil })

            let index = try #require(page.text.firstMatch(of: /name="p(\d+)" value="s.ellis"/)?.1)
            let kept = try await browser.post(door, ["do": "keep", "p\(index)": "s.ellis", "p99": "a.marsh"])
            #expect(kept.status == 303)
            let shown = try await browser.get(door)
            #expect(shown.text.contains("1 of 5 were there") && shown.text.matches(of: /checked/).count == 1)
        }
        #expect(
            try await entries() == ["s.ellis": true, "j.patel": false, "k.o": false, "m.khan": false, "z.ali": false])
        let told = try world.workspace().store.events().filter { $0.kind == "attendance.recorded" }
        #expect(told.map(\.actor) == ["z.ali"])
    }

    @Test func `is nobody's whom it does not concern to ask how it was`() async throws {
        try await world.publish()
        let details = try world.session(Self.session).details
        move(to: details.end)
        _ = try await record(
            ["s.ellis": true, "Kit O": false, "j.patel@example.test": false].filter { name, _ in
                details.participants.contains { [$0.person.rawValue, $0.address, $0.name].contains(name) }
            })
        move(to: details.end + 3700)
        for _ in 0..<3 { _ = try await world.workspace().send() }
        let asked = Set(try world.workspace().store.messages().filter { $0.reason == "feedback" }.map(\.person))
        #expect(asked.contains("s.ellis") && !asked.contains("j.patel"), "\(asked)")
    }

    @Test func `goes into a spreadsheet and comes back from it, and from the report of an online room`() async throws {
        try await world.publish()
        let details = try world.session(Self.session).details
        await #expect(throws: Workspace.Failure.self, "nobody was there yet") { try await record(["s.ellis": true]) }
        move(to: details.end)
        let request = ListAttendance.Request(session: Self.session)
        let empty = try await ListAttendance.run(request, in: try world.workspace()) { _ in }.sheet
        #expect(try await record(sheet: empty).changed == 0, "what nobody has filled in says nothing")
        _ = try await record(["s.ellis": true, "k.o": false])
        let sheet = try await ListAttendance.run(request, in: try world.workspace()) { _ in }.sheet
        let again = try await record(sheet: sheet)
        #expect(again.changed == 0 && again.unknown.isEmpty && again.present == 1)

        let patel = try #require(details.participants.first { $0.person == "j.patel" })
        let report =
            "Full Name;Email;Join time\n\(patel.name);;10:00\nX;\"S.Ellis@example.test\";10:01\nA Stranger;;10:02\n"
        let read = try await record(sheet: report)
        #expect(read.present == 2 && read.unknown == ["line 4: A Stranger"], "\(read)")
        #expect(
            try await entries() == ["s.ellis": true, "j.patel": true, "k.o": false, "m.khan": false, "z.ali": false])
    }

    @Test(
        arguments: [
            ("\n", "the file is empty"), ("person,attended\ns.ellis,perhaps\n", "should be yes or no"),
            ("attended\nyes\n", "nobody stands here"), ("\u{0}\u{1}", "UTF-16 or no text"),
        ])
    func `is not read from what says neither who nor whether`(sheet: String, reason: String) async throws {
        try await world.publish()
        move(to: try world.session(Self.session).details.end)
        let failure = await #expect(throws: Workspace.Failure.self) { try await record(sheet: sheet) }
        #expect(failure?.description.contains(reason) ?? false, "\(failure?.description ?? "")")
        #expect(try await entries().values.allSatisfy { $0 == nil })
    }

    @Test func `is for coordinators on their own sessions' pages`() async throws {
        try await world.publish()
        move(to: try world.session(Self.session).details.end)
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            let page = try await browser.get("/sessions/\(Self.session)")
            #expect(page.text.contains("/sessions/\(Self.session)/attendance"))
            let form = try await browser.get("/sessions/\(Self.session)/attendance")
            let index = try #require(form.text.firstMatch(of: /name="p(\d+)" value="k.o"/)?.1)
            let kept = try await browser.act(
                "/sessions/\(Self.session)/attendance", ["do": "keep", "p\(index)": "k.o"])
            #expect(kept.status == 303)
            let stranger = browser.another
            try await stranger.signIn(.other)
            let hidden = try await stranger.get("/sessions/\(Self.session)/attendance")
            let refused = try await stranger.act("/sessions/\(Self.session)/attendance", ["do": "keep"])
            #expect(hidden.status == 404 && refused.status == 404)
        }
        #expect(try await entries()["k.o"] == true)
    }
}
