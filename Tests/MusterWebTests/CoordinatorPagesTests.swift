import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `The pages of those who look after partnerships` {
    private let world: PageWorld

    init() throws { world = try PageWorld() }

    /// Has a lead decline, so that a change is proposed.
    private func decline() async throws {
        let lead = try #require(
            try world.session("900001/review").details.participants.first { $0.role == "lead" })
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(
                session: "spring/900001/review", person: lead.person.rawValue, status: .declined, comment: "ill"),
            in: try world.workspace()
        ) { _ in }
        world.clock.later(1200)
        guard case .proposed = try await world.workspace().followUp(Workspace.PlanningOptions()) else {
            throw Workspace.Failure("nothing is proposed", exitCode: 1)
        }
    }

    /// Who gets what status at a path: nobody, the other partnership's coordinator, the coordinator, an operator.
    @Test func `show each viewer what is theirs, route by route`() async throws {
        try await world.publish()
        try await decline()
        let general = try await world.receive("Hello")
        let (tamar, mersey) = ("spring/900001/review", "mersey/900004/visit")
        let mails = try world.workspace().store.messages()
        let tamarMail = try #require(mails.first { $0.session?.id.rawValue == tamar }).number
        let merseyMail = try #require(mails.first { $0.session?.id.rawValue == mersey }).number
        let proposal = try #require(try world.workspace().store.openChange()).number
        let table: [(path: String, statuses: [Int])] = [
            ("/", [303, 200, 200, 200]), ("/people", [303, 200, 200, 200]), ("/calendars", [303, 200, 200, 200]),
            ("/history", [303, 200, 200, 200]), ("/polls", [303, 200, 200, 200]),
            ("/feedback", [303, 200, 200, 200]), ("/deadlines", [303, 200, 200, 200]),
            ("/resources", [303, 200, 200, 200]), ("/planner", [303, 200, 200, 303]),
            ("/partnerships/tamar/planner", [303, 404, 200, 200]), ("/cycles/spring", [303, 404, 200, 200]),
            ("/cycles/mersey", [303, 200, 404, 200]), ("/cycles/none", [303, 404, 404, 404]),
            ("/resources/none", [303, 404, 404, 404]),
            ("/polls/none", [303, 404, 404, 404]), ("/poll/none", [404, 404, 404, 404]),
            ("/done/none", [404, 404, 404, 404]), ("/feedback/none", [404, 404, 404, 404]),
            ("/outbox", [303, 200, 200, 200]), ("/replies", [303, 200, 200, 200]),
            ("/partnerships/tamar", [303, 404, 200, 200]), ("/partnerships/mersey", [303, 200, 404, 200]),
            ("/partnerships/none", [303, 404, 404, 404]), ("/partnerships/tamar/people", [303, 404, 200, 200]),
            ("/partnerships/mersey/people", [303, 200, 404, 200]), ("/partnerships/none/people", [303, 404, 404, 404]),
            ("/?find=tamar", [303, 200, 200, 200]), ("/sessions/\(tamar)", [303, 404, 200, 200]),
            ("/sessions/\(mersey)", [303, 200, 404, 200]), ("/sessions/\(tamar)/why", [303, 404, 200, 200]),
            ("/sessions/\(mersey)/why", [303, 200, 404, 200]), ("/sessions/900001/review", [303, 404, 404, 200]),
            ("/sessions/none", [303, 404, 404, 409]), ("/proposals/\(proposal)", [303, 404, 200, 200]),
            ("/proposals/99", [303, 409, 409, 409]), ("/outbox/\(tamarMail)", [303, 409, 200, 200]),
            ("/outbox/\(merseyMail)", [303, 200, 409, 200]), ("/outbox/9999", [303, 409, 409, 409]),
            ("/replies/\(general)", [303, 404, 404, 200]), ("/replies/9999", [303, 404, 404, 404]),
            ("/export/season.csv", [303, 200, 200, 200]), ("/export/people.csv", [303, 200, 200, 200]),
            ("/export/season.ics", [303, 200, 200, 200]), ("/export/passwd", [303, 404, 404, 404]),
            ("/style.css", [200, 200, 200, 200]), ("/sign-in", [200, 200, 200, 200]),
            ("/metrics", [404, 404, 404, 404]),
        ]
        let before = try world.workspace().store.events().count
        try await world.browse { browser in
            for (index, who) in PageWorld.Who.allCases.enumerated() {
                let own = browser.another
                try await own.signIn(who)
                for (path, statuses) in table {
                    let page = try await own.get(path)
                    #expect(page.status == statuses[index], "\(who) \(path)")
                    #expect(page.text.utf8.count < 50_000, "\(path)")
                    let isPage = page.fields["content-type"]?.hasPrefix("text/html") == true
                    if isPage {
                        #expect(page.fields["cache-control"] == "no-store")
                        #expect(!page.text.contains("<script") && !page.text.contains(" style="))
                    }
                    if who == .other {
                        for secret in ["Oakford", "Marsh", "blended", tamar] {
                            #expect(!page.text.contains(secret) || page.status != 200, "\(path) tells \(secret)")
                        }
                    }
                    if who == .coordinator { #expect(!page.text.contains("Mersey"), "\(path)") }
                }
            }
        }
        let signIns = try world.workspace().store.events().count { $0.kind == "viewer.signed-in" }
        #expect(try signIns == 3 && world.workspace().store.events().count == before + signIns)
        #expect(world.changes.count == 0, "looking changes nothing")
    }

    @Test func `report on a cycle what was held, moved, answered and learned, on one page`() async throws {
        try await world.publish()
        let review = try world.session("900001/review")
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(
                session: review.details.id.rawValue, person: "a.marsh", status: .accepted, comment: ""),
            in: try world.workspace()
        ) { _ in }
        world.clock.later(review.details.end + 60 - world.clock.now)
        let report = try await ShowCycleReport.run(
            ShowCycleReport.Request(cycle: "spring"), in: world.workspace()
        ) { _ in }
        let figures = Dictionary(uniqueKeysWithValues: report.figures.map { ($0.name, $0.value) })
        #expect(
            figures["Held so far"] == "2 of 3 sessions"
                && figures["Moved after they were published"] == "0 of 3 sessions")
        #expect(figures["Answers"]?.hasPrefix("1 yes, 0 no, 0 perhaps, ") == true)
        #expect(report.runs.map(\.school) == ["Oakford Primary"] && report.runs[0].sessions.count == 3)
        #expect(report.runs[0].question?.hasSuffix("(a draft)") == true && report.runs[0].reasons.isEmpty)
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            let page = try await browser.get("/cycles/spring").text
            #expect(page.contains("2 of 3 sessions") && page.contains("lead: ") || page.contains("lead reviewer: "))
            #expect(try await browser.get("/").text.contains("href=\"/cycles/spring\""))
        }
    }

    @Test func `list several partnerships before anybody chooses one`() async throws {
        try await world.publish()
        let lead = try #require(try world.session("900001/review").details.participants.first { $0.role == "lead" })
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(
                session: "900001/review", person: lead.person.rawValue, status: .declined, comment: ""),
            in: try world.workspace()
        ) { _ in }
        try await world.browse { browser in
            try await browser.signIn(.machine)
            let page = try await browser.get("/").text
            #expect(
                page.contains("Partnerships: 2") && page.contains("1 do not come") && !page.contains("Every session"))
            let (first, second) = (page.range(of: "/partnerships/tamar"), page.range(of: "/partnerships/mersey"))
            #expect(try #require(first).lowerBound < #require(second).lowerBound, "first what needs somebody")
            let found = try await browser.get("/?find=MERSEY%3Cb%3E").text
            #expect(found.contains("Partnerships found: 0"))
            #expect(try await browser.get("/?find=MERSEY").text.contains("Partnerships found: 1"))
            let own = try await browser.get("/partnerships/tamar").text
            #expect(own.contains("Every session") && own.contains("All partnerships") && !own.contains("Mersey visit"))
            #expect(try await browser.get("/people").text.contains("/partnerships/mersey/people"))
            #expect(try await browser.get("/partnerships/mersey/people").text.contains("What each school gives"))
        }
    }

    @Test func `take no form that others had a browser send, nor one about what is not theirs`() async throws {
        try await world.publish()
        try await decline()
        let (tamar, mersey) = ("spring/900001/review", "mersey/900004/visit")
        let proposal = try #require(try world.workspace().store.openChange()).number
        let merseyMail = try #require(
            try world.workspace().store.messages().first { $0.session?.id.rawValue == mersey }
        )
        .number
        let waiting = try await world.receive("Hello")
        let forms: [(path: String, fields: [String: String])] = [
            ("/proposals/\(proposal)", ["do": "approve"]), ("/proposals/\(proposal)", ["do": "reject"]),
            ("/sessions/\(tamar)", ["do": "move", "time": "2027-02-10T09:00"]), ("/sessions/\(tamar)", ["do": "pin"]),
            ("/sessions/\(tamar)", ["do": "cancel"]), ("/sessions/\(tamar)", ["do": "unpin"]),
            ("/sessions/\(tamar)", ["do": "answer", "person": "a.marsh", "status": "declined"]),
            ("/outbox/\(merseyMail)", ["do": "resend"]), ("/replies/\(waiting)", ["do": "settle"]),
            ("/replies/\(waiting)", ["do": "accept"]), ("/replies/\(waiting)", ["do": "refuse"]),
            ("/ask-again", ["partnership": "tamar"]), ("/sign-out", [:]),
        ]
        func state() throws -> [String] {
            let store = try world.workspace().store
            return try [
                "\(store.decisions())", "\(store.openChange() as Any)", "\(store.messages().map(\.state))",
                "\(store.answers())", "\(store.waitingMails())",
            ]
        }
        let before = try state()
        try await world.browse { browser in
            let nobody = browser.another
            let (own, other) = (browser.another, browser.another)
            try await own.signIn(.coordinator)
            try await other.signIn(.other)
            let (token, foreign) = (try await own.formToken(), try await other.formToken())
            #expect(token.count == 40 && token != foreign)
            for (path, fields) in forms {
                #expect(try await nobody.post(path, fields).location == "/sign-in", "\(path)")
                #expect(try await own.post(path, fields).status == 403, "\(path) without a token")
                for wrong in ["", foreign, String(repeating: "0", count: 40)] {
                    let fields = fields.merging(["form": wrong]) { $1 }
                    #expect(try await own.post(path, fields).status == 403, "\(path) with \(wrong)")
                }
                let right = fields.merging(["form": token]) { $1 }
                #expect(try await own.post(path, right, site: "cross-site").status == 403, "\(path) from elsewhere")
                guard path != "/sign-out", !path.hasPrefix("/outbox") else { continue }
                let theirs = try await other.post(path, fields.merging(["form": foreign]) { $1 })
                #expect(theirs.status == 404, "\(path) \(fields) of another partnership: \(theirs.status)")
            }
            let mail = try await own.act("/outbox/\(merseyMail)", ["do": "resend"])
            #expect(mail.status == 404)
            for path in ["/proposals/\(proposal)", "/sessions/\(tamar)", "/replies/\(waiting)", "/outbox/1"] {
                #expect(try await [404, 409].contains(own.act(path, [:]).status), "\(path): nothing was chosen")
            }
        }
        #expect(try state() == before)
    }

    @Test func `say what needs somebody, and a yes is published as it was shown`() async throws {
        try await world.publish()
        try await decline()
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            let page = try await browser.get("/").text
            for words in [
                "Needs you", "does not come", "(“ill”)", "Proposal 1", "hear nothing", "answers of", "Revision 1",
                "Who else could come",
            ] {
                #expect(page.contains(words), "\(words)")
            }
            #expect(try await browser.get("/proposals/1").text.contains("Approve, and send the mails"))
            let approved = try await browser.act("/proposals/1", ["do": "approve"])
            #expect(approved.location == "/?approved")
            #expect(try await browser.get("/?approved").text.contains("the mails are on their way"))
            #expect(try await browser.act("/proposals/1", ["do": "approve"]).status == 409, "it was published already")
        }
        let store = try world.workspace().store
        #expect(try store.latestRevision()?.number == 2)
        #expect(try store.events().contains { $0.kind == "proposal.applied" && $0.actor == "coordinator of tamar" })
        #expect(world.changes.count == 1)
    }

    @Test func `let somebody move, keep and call off a session, say what was heard, and take it back`() async throws {
        try await world.publish()
        let session = "spring/900001/review"
        let path = "/sessions/\(session)"
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            #expect(try await browser.act(path, ["do": "pin", "reason": "the hall"]).location == "\(path)?kept")
            #expect(try await browser.act(path, ["do": "move", "time": "2027-02-10T09:07"]).status == 409)
            #expect(try await browser.act(path, ["do": "move", "time": "tomorrow"]).status == 409)
            #expect(
                try await browser.act(path, ["do": "move", "time": "2027-02-10T09:15", "reason": "fog"]).status == 303)
            let page = try await browser.get(path).text
            #expect(page.contains("is to be at Wed 10 Feb 2027, 09:15 (coordinator of tamar: fog)"), "\(page)")
            let kept = try world.workspace().store.decisions()
            #expect(kept.map(\.author) == ["coordinator of tamar", "coordinator of tamar"])
            for decision in kept {
                #expect(try await browser.act(path, ["do": "unpin", "number": "\(decision.number)"]).status == 303)
            }
            #expect(try world.workspace().store.decisions().isEmpty)
            #expect(
                try await browser.act(path, ["do": "answer", "person": "a.marsh", "status": "accepted"]).location
                    == "\(path)?answered")
            #expect(try await browser.get(path).text.contains("comes, told by coordinator of tamar"))
            #expect(try await browser.act(path, ["do": "answer", "person": "z.ali", "status": "maybe"]).status == 409)
        }
    }

    @Test func `say who did how much in which cycle, and before`() async throws {
        let rows = ["a.marsh", "s.ellis", "j.patel", "k.o", "m.khan", "z.ali"].flatMap { person in
            ["old", "older"].map { "\($0),900002,\(person),lead" }
        }
        try world.files.folder.write(
            (["cycle,school,person,role"] + rows).joined(separator: "\n"), to: "config/programme/history.csv")
        let spring = "programme/cycles/spring.yaml"
        let text = try String(contentsOfFile: world.files.config + "/" + spring, encoding: .utf8)
        try world.files.folder.write(
            text.replacing("cycle: spring", with: "cycle: again").replacing("name: Spring", with: "name: Again"),
            to: "config/programme/cycles/again.yaml")
        try await world.publish()
        let season = try await ShowOverview.run(
            ShowOverview.Request(partnership: "tamar"), in: try world.workspace()
        ) { _ in }.season
        let busiest = try #require(season.people.first)
        #expect(season.groups.count == 2 && season.people.allSatisfy { $0.earlier == 2 })
        for load in season.people + season.schools {
            #expect(load.count == load.cycles.reduce(0, +) && load.cycles.count == 2, "\(load)")
        }
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            let page = try await browser.get("/people").text
            let parts = zip(season.groups, busiest.cycles).filter { $1 > 0 }.map { "\($0.name): \($1)" } + ["before: 2"]
            let cell = "\(busiest.count)<br><span class=\"soft\">\(parts.joined(separator: " · "))</span>"
            #expect(parts.count > 1 && page.contains(cell), "\(page)")
        }
    }

    @Test func `show as text whatever people and mails say`() async throws {
        try world.files.replace("Oakford Primary,", with: "<b>Oak\u{201D}\"' & ford</b>,", in: "programme/schools.csv")
        try await world.publish()
        let mail = try await world.receive("<script>alert(1)</script>")
        try await world.browse { browser in
            try await browser.signIn(.machine)
            for path in [
                "/", "/replies", "/replies/\(mail)", "/outbox", "/history", "/sessions/spring/900001/review", "/people",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && !page.text.contains("<script") && !page.text.contains("<b>"), "\(path)")
            }
            #expect(try await browser.get("/replies/\(mail)").text.contains("&lt;script&gt;"))
        }
    }
}
