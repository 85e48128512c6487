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
            try world.workspace().store.messages().first { $0.session == session && $0.person == person })
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
        #expect(kept.map(\.text) == ["What then?"] && kept.map(\.author) == [lead])
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
        let after = try #require(proposal.changes.changes.first { $0.id == Self.session }?.after)
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
