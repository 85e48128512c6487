import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `The page on which one answers` {
    private let world: PageWorld
    private static let session = "spring/900001/review"

    init() throws { world = try PageWorld() }

    /// The end of the address that stands in the mail to somebody about the review.
    private func token(_ person: PersonID, _ session: String = session) throws -> String {
        let mail = try #require(
            try world.workspace().store.messages().first { $0.session?.id.rawValue == session && $0.person == person })
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example\/answer\/([0-9a-f]{72})/)?.1))
    }

    private func answer(_ person: PersonID) throws -> Answer? {
        let session = try world.session(Self.session)
        return try world.workspace().store.answers()[session.uid]?.first { $0.person == person }
    }

    @Test func `changes nothing by being read, chooses nothing for anybody, and needs no script`() async throws {
        try await world.publish()
        let token = try token("a.marsh")
        try await world.browse { browser in
            for path in [
                "/answer/\(token)", "/answer/\(token)?answer=accepted", "/answer/\(token)?done",
                "/answer/\(token)/mine", "/answer/\(token)/mine?do=forget&sure=yes", "/answer/\(token)/kept",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == 200 && page.fields["cache-control"] == "no-store")
                #expect(page.fields["content-security-policy"]?.contains("default-src 'none'") == true)
                #expect(page.fields["referrer-policy"] == "no-referrer")
                #expect(!page.text.contains("<script") && !page.text.contains(" checked"))
                #expect(page.text.utf8.count < 50_000)
            }
            #expect(try await browser.get("/answer/\(token)").text.contains("Oakford Primary"))
            #expect(try await browser.get("/answer/b").status == 404)
        }
        #expect(try world.workspace().store.answers().isEmpty)
        #expect(world.changes.count == 0)
    }

    @Test func `has the season planned again by a no and by what takes it back, and by nothing else`() async throws {
        try await world.publish()
        let path = "/answer/\(try token("a.marsh"))"
        try await world.browse { browser in
            for answer in ["accepted", "accepted", "declined", "accepted", "tentative"] {
                world.clock.later(60)
                let page = try await browser.post(path, ["answer": answer])
                #expect(page.status == 303)
            }
        }
        #expect(world.changes.all == [.mails, .mails, .plan, .plan, .mails])
    }

    @Test func `takes a choice with what is added, as often as one likes, and nothing without a choice`() async throws {
        try await world.publish()
        let path = "/answer/\(try token("a.marsh"))"
        try await world.browse { browser in
            for fields in [[:], ["comment": "hello"], ["answer": ""], ["answer": "maybe"], ["reason": "teaching"]] {
                #expect(try await browser.post(path, fields).status == 400, "\(fields)")
            }
            #expect(try await browser.post(path, ["answer": "accepted"], site: "cross-site").status == 403)
            let large = String(repeating: "x", count: 20_000)
            #expect(try await browser.post(path, ["answer": "accepted", "comment": large]).status == 413)
            #expect(try answer("a.marsh") == nil)

            let accepted = ["answer": "accepted", "reason": "teaching", "instead": "Jo", "comment": "a & b\nc"]
            #expect(try await browser.post(path, accepted).location == "\(path)?done")
            #expect(try answer("a.marsh").map { "\($0.status) \($0.comment)" } == "accepted a & b\nc")
            #expect(try await browser.get("\(path)?done").text.contains("Thank you. You have answered that you come."))
            let declined = ["answer": "declined", "reason": "teaching", "instead": "Jo Bell", "comment": "sorry"]
            _ = try await browser.post(path, declined)
            #expect(try answer("a.marsh")?.comment == "teaching; instead: Jo Bell; sorry")
            #expect(try answer("a.marsh").map { "\($0.status) \($0.way)" } == "declined link")
            _ = try await browser.post(path, ["answer": "tentative", "reason": "<b>"])
            #expect(try answer("a.marsh").map { "\($0.status) \($0.comment)" } == "tentative ")
            #expect(world.changes.count == 3)
        }
    }

    @Test func `offers other times that fit the host, and colleagues, and takes nothing else for one of them`()
        async throws
    {
        try await world.publish()
        let path = "/answer/\(try token("s.ellis"))"
        let workspace = try world.workspace()
        let page = try #require(try workspace.answerPage(try token("s.ellis")))
        let offers = try workspace.offers(to: page)
        let zone = TimeZoneDatabase.system["Europe/London"] ?? .utc
        let school = try #require(workspace.programme.school("900001"))
        let (track, stage) = try #require(workspace.programme.stage(of: SessionID(Self.session)))
        let run = try workspace.store.publishedSessions().map(\.details).filter {
            $0.id.track == track.id && $0.id.rawValue != Self.session
        }
        #expect((2...6).contains(offers.times.count) && offers.times == offers.times.sorted())
        #expect(Set(offers.times.map { zone.local($0).date }).count == offers.times.count, "one a day")
        for start in offers.times {
            let local = zone.local(start)
            #expect(start != page.session.details.start && start > world.clock.now)
            #expect(stage.days.contains(school.days.kind(of: local.date)) && track.cycle.dates.contains(local.date))
            let end = zone.local(start + stage.length * 60).time
            #expect(stage.times.contains { $0.lowerBound <= local.time && end <= $0.upperBound }, "\(local)")
            #expect(run.allSatisfy { $0.end <= start || start + stage.length * 60 <= $0.start })
        }
        #expect(
            !offers.colleagues.contains { ["s.ellis", "m.khan"].contains($0.person) }, "colleagues of their school")
        try await world.browse { browser in
            let text = try await browser.get(path).text
            for (number, start) in offers.times.enumerated() {
                #expect(text.contains("name=\"time\(number)\" value=\"\(start.seconds)\""))
            }
            var fields = ["answer": "declined", "colleague": "m.khan", "time0": "\(offers.times[0].seconds)"]
            fields["time1"] = "\(offers.times[0].seconds + 60)"
            _ = try await browser.post(path, fields)
            #expect(
                try answer("s.ellis")?.comment == "could come on \(Wording.moment(offers.times[0], in: zone))",
                "a time and a colleague that were not offered are not kept")
            _ = try await browser.post(path, ["answer": "accepted", "time0": fields["time0"] ?? ""])
            #expect(try answer("s.ellis")?.comment == "")
        }
        let away = offers.times.map { zone.local($0).date }
        for day in away {
            _ = try await RecordAbsence.run(
                RecordAbsence.Request(person: "s.ellis", days: "\(day)"), in: world.workspace()
            ) { _ in }
        }
        let others = try world.workspace().offers(to: page).times.map { zone.local($0).date }
        #expect(Set(others).isDisjoint(with: away), "days on which they cannot come are not offered")
    }

    @Test func `shows those who host their run with what is due, who comes, and the question`() async throws {
        try await world.publish()
        let track = try world.session("900001/review").details.id.track
        let host = try #require(
            try world.session("900001/review").details.participants.first { $0.role == Duty.host }
        ).person
        let page = try #require(try world.workspace().personalPage(try token(host)))
        let run = try #require(page.runs.first)
        let sessions = try world.workspace().store.publishedSessions().filter { $0.details.id.track == track }
        #expect(page.runs.count == 1 && run.sessions.count == sessions.count)
        #expect(run.sessions.allSatisfy { $0.who.hasPrefix("Asked: ") })
        let lead = try #require(try world.session("900001/review").details.participants.first { $0.role == "lead" })
        #expect(try world.workspace().personalPage(try token(lead.person))?.runs.isEmpty == true)
        try await world.browse { browser in
            let text = try await browser.get("/answer/\(try token(host))/mine").text
            #expect(text.contains(run.label) && run.sessions.allSatisfy { text.contains($0.when) })
        }
    }

    @Test func `is of no use so soon that a program may have pressed the button`() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try world.workspace()) { _ in }
        _ = try await world.workspace().send()
        let path = "/answer/\(try token("a.marsh"))"
        try await world.browse { browser in
            let tooSoon = try await browser.post(path, ["answer": "accepted"])
            #expect(tooSoon.status == 409)
            world.clock.later(61)
            let later = try await browser.post(path, ["answer": "accepted"])
            #expect(later.status == 303)
        }
    }

    @Test func `is of no use to a program that opens the links of several people`() async throws {
        try await world.publish()
        let people = try world.session("900001/review").details.participants.prefix(3).map(\.person)
        let paths = try people.map { "/answer/\(try token($0))" }
        try #require(Set(paths).count == 3)
        try await world.browse { browser in
            let (program, person) = (browser.at("203.0.113.9"), browser.at("198.51.100.7, 203.0.113.10"))
            for path in paths { _ = try await program.get(path) }
            #expect(try await program.post(paths[2], ["answer": "declined"]).status == 409)
            #expect(try await person.post(paths[2], ["answer": "accepted"]).status == 303)
            // Where nothing in front says who asks, everybody seems to be one.
            for path in paths { #expect(try await browser.post(path, ["answer": "accepted"]).status == 303) }
            world.clock.later(61)
            #expect(try await program.post(paths[2], ["answer": "accepted"]).status == 303)
        }
        #expect(try world.workspace().store.declines().isEmpty)
    }

    @Test func `leads to all that is one's own: sessions, days, what is kept, and the wish to be forgotten`()
        async throws
    {
        try await world.publish()
        let path = "/answer/\(try token("a.marsh"))/mine"
        let visit = try world.session("visit")
        try await world.browse { browser in
            let page = try await browser.get(path).text
            let own = try world.workspace().store.publishedSessions().filter { session in
                session.details.participants.contains { $0.person == "a.marsh" }
            }
            #expect(own.count == 3)
            for session in own { #expect(page.contains(session.details.title)) }
            #expect(!page.contains(visit.details.title), "Mersey's is nothing of theirs")
            for (_, other) in page.matches(of: /href="(\/answer\/[0-9a-f]{72})"/).map(\.output) {
                #expect(try await browser.get(String(other)).text.contains("Oakford Primary"))
            }

            for fields in [
                ["do": "away"], ["do": "away", "first": "soon"], ["do": "away", "first": "2026-01-01"],
                ["do": "away", "first": "2027-02-03", "last": "2027-02-01"], ["do": "back", "number": "7"],
                ["do": "forget"], ["do": "erase"], [:],
            ] { #expect(try await browser.post(path, fields).status == 400, "\(fields)") }
            let away = ["do": "away", "first": "2027-02-01", "last": "2027-02-03"]
            #expect(try await browser.post(path, away, site: "cross-site").status == 403)
            #expect(try world.workspace().store.absences().isEmpty)
            #expect(try await browser.post(path, away).location == "\(path)?kept")
            let kept = try #require(world.workspace().store.absences().first)
            #expect(kept.person == "a.marsh" && kept.dates.count == 3 && kept.author == "a.marsh")
            #expect(try world.workspace().programme.person("a.marsh")?.away.map(\.dates) == [kept.dates])
            #expect(try await browser.get(path).text.contains("Monday 1 February 2027 to Wednesday 3 February 2027"))
            let other = "/answer/\(try token("s.ellis"))/mine"
            #expect(try await browser.post(other, ["do": "back", "number": "\(kept.number)"]).status == 400)
            #expect(try await browser.post(path, ["do": "back", "number": "\(kept.number)"]).status == 303)
            #expect(try world.workspace().store.absences().isEmpty)

            let file = try await browser.get(path.replacing("/mine", with: "/kept"))
            #expect(file.text.contains("Ann Marsh") && !file.text.contains("Siân Ellis"))
            for _ in 0..<2 { #expect(try await browser.post(path, ["do": "forget", "sure": "yes"]).status == 303) }
            let waiting = try world.workspace().store.incomingMails(.waiting)
            #expect(waiting.map(\.subject) == ["Ann Marsh asks to be forgotten"], "they are asked once")
            let number = try #require(waiting.first).number
            _ = try await SettleIncomingMail.run(
                SettleIncomingMail.Request(number: number), in: world.workspace()
            ) { _ in }
            _ = try await browser.post(path, ["do": "forget", "sure": "yes"])
            #expect(
                try world.workspace().store.incomingMails(.waiting).count == 1, "and again, once that was dealt with")
        }
    }

    @Test func `lets the host and the lead agree on the question, each seeing the other's, and nobody else`()
        async throws
    {
        try await world.publish()
        let people = try world.session(Self.session).details.participants
        let lead = try #require(people.first { $0.role == "lead" }).person
        let reviewer = try #require(people.first { $0.role == "reviewer" }).person
        let (host, own, other) = try (token("a.marsh"), token(lead), token(reviewer))
        try await world.browse { browser in
            #expect(try await browser.get("/answer/\(host)").text.contains("a draft so far"))
            #expect(try await !browser.get("/answer/\(other)").text.contains("name=\"question\""))
            let refused = try await browser.post("/answer/\(other)", ["do": "question", "question": "Mine?"])
            let empty = try await browser.post("/answer/\(host)", ["do": "question", "question": " "])
            #expect(refused.status == 403 && empty.status == 400)
            let agreed = try await browser.post("/answer/\(host)", ["do": "question", "question": "What <b> now?"])
            #expect(agreed.location == "/answer/\(host)?agreed")
        }
        try await world.browse { browser in
            let page = try await browser.get("/answer/\(own)").text
            #expect(page.contains("What &lt;b&gt; now?") && page.contains("(agreed;"))
            _ = try await browser.post("/answer/\(own)", ["do": "question", "question": "What then?"])
        }
        let kept = try world.workspace().store.agreedQuestions()
        #expect(kept.map(\.text) == ["What then?"] && kept.map(\.author) == [lead.rawValue])
        let review = try world.session(Self.session).details
        world.clock.later(review.start - world.clock.now - 60)
        #expect(try world.workspace().answerPage(host).map { try world.workspace().agreesOnQuestion($0) } == true)
    }

    @Test func `has its sessions planned anew around days on which one cannot come`() async throws {
        try await world.publish()
        let review = try world.session("900001/review").details
        let zone = try #require(TimeZoneDatabase.system[review.zone])
        let day = zone.local(review.start).date
        let person = try #require(review.participants.first { $0.role == "reviewer" }).person
        try await world.browse { browser in
            let path = "/answer/\(try token(person))/mine"
            _ = try await browser.post(path, ["do": "away", "first": day.description])
        }
        let proposal = try await world.workspace().propose(Workspace.PlanningOptions())
        let after = try #require(proposal.changes.changes.first { $0.id.rawValue == Self.session }?.after)
        let comes = after.participants.contains { $0.person == person }
        #expect(!comes || zone.local(after.start).date != day)
    }

    @Test func `shows as text whatever a session is called`() async throws {
        try world.files.replace("Oakford Primary,", with: "<b>Oak\"'& ford</b>,", in: "programme/schools.csv")
        try await world.publish()
        let token = try token("a.marsh")
        try await world.browse { browser in
            for path in ["/answer/\(token)", "/answer/\(token)/mine"] {
                let page = try await browser.get(path).text
                #expect(page.contains("&lt;b&gt;Oak") && !page.contains("<b>"))
            }
        }
    }
}
