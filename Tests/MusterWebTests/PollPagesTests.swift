import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `A poll` {
    private let world: PageWorld

    init() throws {
        world = try PageWorld()
        try world.files.folder.write(
            """
            poll: areas
            title: Areas of practice
            question: Which <area> would you explore?
            choices: [Reading, { id: maths, text: "Maths & numbers" }, Wellbeing]
            choose: 2
            partnership: tamar
            open: 2026-11-25 to 2026-12-04
            use: expertise
            """, to: "config/programme/polls/areas.yaml")
        try world.files.folder.write(
            """
            poll: themes
            question: Which theme?
            choices: [Reading, Writing]
            ask: { roles: [head] }
            open: 2026-11-25 to 2026-12-04
            use: theme
            """, to: "config/programme/polls/themes.yaml")
        try world.files.replace("theme: secrets, ", with: "", in: "programme/cycles/mersey.yaml")
    }

    private func mails(_ reason: String = "poll") throws -> [OutboxMessage] {
        try world.workspace().store.messages().filter { $0.reason == reason }
    }

    private func path(_ person: PersonID, _ title: String = "Areas") throws -> String {
        let mail = try #require(try mails().first { $0.person == person && $0.subject.contains(title) })
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example(\/poll\/[0-9a-f]{72})/)?.1))
    }

    private func chosen(_ poll: PollID = "areas") throws -> [String] {
        try world.workspace().store.pollAnswers(poll).map { "\($0.person) \($0.choices.joined(separator: "+"))" }
            .sorted()
    }

    private func ask(_ date: String = "2026-11-25T08:30:00Z") async throws {
        world.clock.later(try #require(Instant(iso: date)) - world.clock.now)
        _ = try await world.workspace().send()
        world.clock.later(300)
    }

    @Test func `is asked when it opens, each person once, and those who are silent are reminded once`() async throws {
        try await ask("2026-11-25T07:59:00Z")
        #expect(try mails().isEmpty, "it is not open yet")
        for _ in 0..<3 { try await ask() }
        let programme = try world.workspace().programme
        let everybody = try #require(programme.poll("areas")).people.count
        #expect(everybody > 3)
        #expect(try mails().count == everybody + #require(programme.poll("themes")).people.count)
        #expect(Set(try mails().map { "\($0.person ?? "") \($0.subject)" }).count == (try mails().count))
        try await world.browse { browser in
            _ = try await browser.post(try path("a.marsh"), ["choice0": "reading"])
        }
        for _ in 0..<2 { try await ask("2026-12-02T09:00:00Z") }
        #expect(try !mails("poll-reminder").isEmpty)
        let reminded = try mails("poll-reminder").filter { $0.subject.contains("Areas") }.compactMap(\.person)
        #expect(reminded.sorted() == programme.poll("areas")?.people.filter { $0 != "a.marsh" }.sorted())
        try await ask("2026-12-06T09:00:00Z")
        #expect(try mails("poll-reminder").filter { $0.subject.contains("Areas") }.count == reminded.count)
    }

    @Test func `is answered by link, as often as one likes until it closes, and by nothing else`() async throws {
        try await ask()
        let own = try path("a.marsh")
        try await world.browse { browser in
            let page = try await browser.get(own)
            #expect(
                page.status == 200 && page.text.contains("Which &lt;area&gt;")
                    && page.text.contains("Maths &amp; numbers"))
            #expect(!page.text.contains(" checked") && !page.text.contains("<script"))
            for wrong in [
                [:], ["choice0": "none"], ["choice0": "reading", "choice1": "maths", "choice2": "wellbeing"],
            ] {
                #expect(try await browser.post(own, wrong).status == 400, "\(wrong)")
            }
            #expect(try await browser.post(own, ["choice0": "reading"], site: "cross-site").status == 403)
            let none = try chosen()
            #expect(none.isEmpty)
            #expect(
                try await browser.post(own, ["choice0": "reading", "choice2": "wellbeing"]).location == "\(own)?done")
            #expect(
                try await browser.get("\(own)?done").text.contains(
                    "Thank you. You have chosen “Reading” and “Wellbeing”."))
            _ = try await browser.post(own, ["choice1": "maths"])
            let kept = try chosen()
            #expect(kept == ["a.marsh maths"])
            for guess in [own.dropLast() + "x", own.dropLast() + (own.last == "0" ? "1" : "0"), "/poll/b"] {
                #expect(try await browser.get(String(guess)).status == 404)
                #expect(try await browser.post(String(guess), ["choice0": "reading"]).status == 404)
            }
            let session = own.replacing("/poll/", with: "/answer/")
            #expect(try await browser.get(session).status == 404, "it is no link to a session")
        }
        world.clock.later(try #require(Instant(iso: "2026-12-05T00:00:00Z")) - world.clock.now)
        try await world.browse { browser in
            let late = try await browser.post(own, ["choice0": "reading"])
            let page = try await browser.get(own)
            #expect(late.status == 409 && page.text.contains("The poll closed on Friday 4 December 2026"))
        }
        #expect(try chosen() == ["a.marsh maths"])
        _ = try await RevokeLinks.run(RevokeLinks.Request(person: "a.marsh"), in: world.workspace()) { _ in }
        try await world.browse { browser in
            let page = try await browser.get(own)
            #expect(page.status == 404, "it was taken back")
        }
    }

    @Test func `is of no use so soon that a program may have pressed the button`() async throws {
        world.clock.later(try #require(Instant(iso: "2026-11-25T08:30:00Z")) - world.clock.now)
        _ = try await world.workspace().send()
        let own = try path("a.marsh")
        try await world.browse { browser in
            let tooSoon = try await browser.post(own, ["choice0": "reading"])
            #expect(tooSoon.status == 409)
            world.clock.later(61)
            let later = try await browser.post(own, ["choice0": "reading"])
            #expect(later.status == 303)
        }
    }

    @Test func `takes the answers of many at the same second, each once`() async throws {
        try await ask()
        let people = try #require(try world.workspace().programme.poll("areas")).people
        let paths = try people.map { try path($0) }
        try await world.browse { browser in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    for path in paths {
                        let own = browser.another
                        group.addTask { _ = try await own.post(path, ["choice1": "maths"]) }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try chosen() == people.map { "\($0) maths" }.sorted())
    }

    @Test func `is shown to those whose it is, and becomes what people know`() async throws {
        try await ask()
        try await world.browse { browser in
            for person in ["a.marsh", "s.ellis", "k.o"] {
                _ = try await browser.post(try path(PersonID(person)), ["choice0": "reading", "choice1": "maths"])
            }
            let (own, other, all) = (browser.another, browser.another, browser.another)
            try await own.signIn(.coordinator)
            try await other.signIn(.other)
            try await all.signIn(.machine)
            for (path, statuses) in [
                ("/polls/areas", [200, 404, 200]), ("/polls/areas.csv", [200, 404, 200]),
                ("/polls/areas.svg", [200, 404, 200]), ("/polls/themes", [200, 200, 200]),
                ("/polls/none", [404, 404, 404]),
                ("/polls", [200, 200, 200]),
            ] {
                for (browser, status) in zip([own, other, all], statuses) {
                    #expect(try await browser.get(path).status == status, "\(path)")
                }
            }
            let page = try await own.get("/polls/areas").text
            #expect(page.contains("3 of") && page.contains("knows “Maths &amp; numbers”"), "\(page)")
            #expect(try await own.get("/polls/areas.csv").text.contains("areas,all,maths,Maths & numbers,3,100,3"))
            let svg = try await own.get("/polls/areas.svg").text
            let texts = try Subprocess.python(
                "import sys, xml.dom.minidom as d; print(len(d.parseString(sys.argv[1]).getElementsByTagName('rect')))",
                [svg])
            #expect(svg.contains("Which &lt;area&gt;") && texts == "4\n", "a ground and three bars")
            #expect(try await other.act("/polls/areas", ["do": "use"]).status == 404)
            #expect(try await own.act("/polls/areas", ["do": "other"]).status == 409)
            #expect(try await own.act("/polls/themes", ["do": "use"]).status == 404, "that is not theirs to decide")
            let coordinator = try #require(world.workspace().viewer("other@example.test"))
            await #expect(throws: Workspace.Failure.self, "nor who answers there for whom") {
                _ = try await RecordPollAnswer.run(
                    RecordPollAnswer.Request(poll: "themes", person: "a.marsh", choices: ["reading"]),
                    in: world.workspace().seen(by: coordinator)
                ) { _ in }
            }
            let done = try await own.act("/polls/areas", ["do": "use"])
            #expect(done.location == "/polls/areas?changed")
        }
        let themes = try world.workspace().programme.person("k.o")?.themes
        #expect(themes == ["reading", "maths"])
        #expect(try world.workspace().store.events().contains { $0.kind == "poll.applied" })
    }

    @Test func `gives a host without a theme that which its head chose, until the config gives one`() async throws {
        try await ask()
        func theme() throws -> String? { try world.workspace().programme.track("mersey/900004")?.host?.theme }
        func apply() async throws {
            _ = try await ApplyPoll.run(ApplyPoll.Request(poll: "themes"), in: world.workspace()) { _ in }
        }
        await #expect(throws: Workspace.Failure.self) { try await apply() }
        for choice in ["Writing", "reading"] {
            _ = try await RecordPollAnswer.run(
                RecordPollAnswer.Request(poll: "themes", person: "Mo Khan", choices: [choice]), in: world.workspace()
            ) { _ in }
            try await apply()
            #expect(try theme() == choice.lowercased())
        }
        #expect(try world.workspace().programme.track("spring/900001")?.host?.theme == "reading", "the config's stays")
        for (person, choices) in [
            ("Mo Khan", ["both"]), ("Mo Khan", []), ("Kerry O'Neill", ["reading"]), ("x", ["reading"]),
        ] {
            await #expect(throws: Workspace.Failure.self, "\(person) \(choices)") {
                _ = try await RecordPollAnswer.run(
                    RecordPollAnswer.Request(poll: "themes", person: person, choices: choices), in: world.workspace()
                ) { _ in }
            }
        }
        try world.files.replace(
            "{ school: 900004, ", with: "{ school: 900004, theme: maths, ", in: "programme/cycles/mersey.yaml")
        #expect(try theme() == "maths")
    }

    @Test func `is in what is kept of a person, and counts on when they are forgotten`() async throws {
        try await ask()
        try await world.browse { browser in
            _ = try await browser.post(try path("j.patel"), ["choice0": "reading"])
        }
        let kept = try await ExportPerson.run(ExportPerson.Request(person: "j.patel"), in: world.workspace()) { _ in }
        #expect(String(decoding: kept.content, as: UTF8.self).contains("\"poll\" : \"areas\""))
        try world.files.replace(
            "j.patel,\"Patel, Jay\",j.patel@example.test,900002,reviewer,,Mon-Thu 08:00-17:00\n", with: "",
            in: "programme/people.csv")
        _ = try await ErasePerson.run(ErasePerson.Request(person: "j.patel"), in: world.workspace()) { _ in }
        let answers = try world.workspace().store.pollAnswers("areas")
        #expect(answers.count == 1 && answers[0].person != "j.patel")
        #expect(try world.workspace().store.pollInvitations("areas").allSatisfy { $0.person != "j.patel" })
    }
}
