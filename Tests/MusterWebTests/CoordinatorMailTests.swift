import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `The pages on which coordinators look after mails` {
    private let world: PageWorld

    init() throws { world = try PageWorld() }

    @Test func `keep an answer that may be forged with one yes, and no mail that has to be read`() async throws {
        try await world.publish()
        let session = try world.session("900001/review")
        let lead = try #require(session.details.participants.first { $0.role == "lead" })
        let mail = """
            From: \(lead.address)
            Subject: Accepted
            Authentication-Results: mx.example.test; dmarc=fail header.from=example.test
            Content-Type: text/calendar; method=REPLY

            BEGIN:VCALENDAR
            METHOD:REPLY
            BEGIN:VEVENT
            UID:\(session.uid)
            SEQUENCE:\(session.sequence)
            DTSTAMP:20261124T100000Z
            ATTENDEE;PARTSTAT=ACCEPTED:mailto:\(lead.address)
            END:VEVENT
            END:VCALENDAR

            """
        let content = Data(mail.replacing("\n", with: "\r\n").utf8)
        let taken = try await TakeMail.run(TakeMail.Request(content: content), in: try world.workspace()) { _ in }
        _ = try await world.receive("A question")
        let other = Data(
            mail.replacing("From: \(lead.address)", with: "From: office@example.test").replacing("\n", with: "\r\n")
                .utf8)
        let strange = try await TakeMail.run(TakeMail.Request(content: other), in: try world.workspace()) { _ in }
        #expect(strange.state == .waiting, "an answer for somebody from elsewhere is to be read")
        let words = "Keep it: it is from \(lead.address)"
        try await world.browse { browser in
            try await browser.signIn(.machine)
            let page = try await browser.get("/").text
            #expect(
                page.contains("A question") && page.ranges(of: words).count == 1
                    && page.ranges(of: "Keep it").count == 1, "\(page)")
            let done = try await browser.act("/replies/\(taken.number)", ["do": "accept", "back": "overview"])
            #expect(done.location == "/?settled")
            #expect(!(try await browser.get("/").text.contains("Keep it")))
        }
        #expect(try world.workspace().store.answers(of: lead.person).map(\.status) == [.accepted])
    }

    @Test func `ask those once more who have not answered, once a day`() async throws {
        try await world.publish()
        @Sendable func asked() throws -> Int { try world.workspace().store.messages().count { $0.reason == "nudge" } }
        try await world.browse { browser in
            try await browser.signIn(.coordinator)
            #expect(try await browser.act("/ask-again", [:]).location == "/?asked")
            let people = try world.workspace().store.publishedSessions().filter {
                $0.details.id.track.cycle == "spring"
            }.flatMap(\.details.participants).filter(\.isRequired).map(\.person)
            #expect(try asked() == Set(people).count)
            _ = try await browser.act("/ask-again", [:])
            #expect(try asked() == Set(people).count, "nobody is asked twice a day")
            world.clock.later(86_400)
            try await browser.signIn(.coordinator)
            let request = AskAgain.Request(session: "spring/900001/pre-review")
            _ = try await AskAgain.run(request, in: world.workspace()) { _ in }
            #expect(try asked() == Set(people).count + 2)
        }
    }

    @Test func `ask only those of the partnership that is looked at, whoever looks`() async throws {
        try await world.publish()
        func asked() throws -> Set<PersonID> {
            Set(try world.workspace().store.messages().filter { $0.reason == "nudge" }.compactMap(\.person))
        }
        let visit = Set(try world.session("visit").details.participants.map(\.person))
        try await world.browse { browser in
            try await browser.signIn(.machine)
            let page = try await browser.get("/partnerships/mersey").text
            #expect(page.contains(#"name="partnership" value="mersey""#))
            let none = try await browser.act("/ask-again", ["partnership": "none"])
            #expect(none.status == 404)
            _ = try await browser.act("/ask-again", ["partnership": "mersey"])
        }
        #expect(try asked() == visit)
    }

    @Test func `show mails without the address by which another may answer`() async throws {
        try await world.publish()
        try await world.browse { browser in
            _ = try await browser.post("/sign-in", ["address": "coordinator@example.test"])
            try await browser.signIn(.machine)
            for message in try world.workspace().store.messages() {
                let raw = String(decoding: message.content, as: UTF8.self)
                #expect(raw.contains("/answer/") || raw.contains("/sign-in/"))
                let page = try await browser.get("/outbox/\(message.number)").text
                #expect(page.contains("/answer/…") || page.contains("/sign-in/…"))
                #expect(page.firstMatch(of: /\/(answer|sign-in)\/[0-9a-f]/) == nil)
                let request = ShowMessage.Request(number: message.number)
                let seen = try world.workspace().seen(
                    by: Viewer(id: "op", name: "", address: "op@x", partnerships: nil))
                let shown = try await ShowMessage.run(request, in: seen) { _ in }
                #expect(shown.content == nil && shown.text.contains("/…"), "programs get no more than pages")
            }
        }
    }
}
