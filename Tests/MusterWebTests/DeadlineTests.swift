import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `What is due beside a session` {
    private let world: PageWorld
    private static let review = "spring/900001/review"

    init() throws {
        world = try PageWorld()
        try world.files.replace(
            "hosts:\n",
            with: """
                reminders: [7 days, 1 day]
                deadlines:
                  - { id: data, name: Share <your> data, due: 3 school days before review, who: [host], note: All of it. }
                  - { id: report, name: Send the report, due: 5 school days after review, who: [lead] }
                hosts:

                """, in: "programme/cycles/spring.yaml")
    }

    private func mails() throws -> [OutboxMessage] {
        try world.workspace().store.messages().filter { $0.reason == "deadline" }
    }

    private func path(_ mail: OutboxMessage) throws -> String {
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example(\/done\/[0-9a-f]{72})/)?.1))
    }

    private func entries() async throws -> [ListDeadlines.Entry] {
        try await ListDeadlines.run(Nothing(), in: world.workspace()) { _ in }
    }

    /// Publishes, and goes on until the first reminder of a deadline.
    private func remind(of deadline: String) async throws -> OutboxMessage {
        try await world.publish()
        let due = try #require(try await entries().first { $0.deadline == deadline }).due
        world.clock.later(due - 6 * 86_400 - world.clock.now)
        _ = try await world.workspace().send()
        return try #require(try mails().first { $0.subject.contains(deadline == "data" ? "data" : "report") })
    }

    @Test func `is done by a link in its reminder, after which nobody is reminded any more`() async throws {
        let mail = try await remind(of: "data")
        let own = try path(mail)
        try await world.browse { browser in
            let page = try await browser.get(own).text
            #expect(
                page.contains("Share &lt;your&gt; data") && page.contains("All of it.")
                    && page.contains("value=\"done\" required> It is done"))
            #expect(try await browser.post(own, [:]).status == 400)
            #expect(try await browser.post(own, ["do": "done"], site: "cross-site").status == 403)
            let before = try await entries()
            #expect(before.allSatisfy { $0.doneBy == nil })
            for _ in 0..<2 { #expect(try await browser.post(own, ["do": "done"]).location == own) }
            #expect(try await browser.get(own).text.contains("nobody is reminded"))
            #expect(try await browser.get(own.replacing("/done/", with: "/answer/")).status == 404)
            #expect(try await browser.get(String(own.dropLast()) + "x").status == 404)
        }
        #expect(try await entries().first { $0.deadline == "data" }?.doneBy == mail.person?.rawValue)
        #expect(
            try world.workspace().store.events().count { $0.kind == "deadline.finished" } == 1, "said twice, kept once")
        world.clock.later(5 * 86_400)
        _ = try await world.workspace().send()
        #expect(try mails().filter { $0.subject.contains("data") }.count == 1)
    }

    @Test func `is of use after the session too, for what is due then`() async throws {
        let mail = try await remind(of: "report")
        let review = try world.session("900001/review").details
        world.clock.later(review.end + 86_400 - world.clock.now)
        try await world.browse { browser in
            _ = try await browser.post(try path(mail), ["do": "done"])
            let done = try await entries().first { $0.deadline == "report" }
            #expect(done?.doneBy == review.participants.first { $0.role == "lead" }?.person.rawValue)
            _ = try await browser.post(try path(mail), ["do": "open"])
            let open = try await entries().first { $0.deadline == "report" }
            #expect(open?.doneBy == nil)
        }
    }

    @Test func `is seen and settled by those whose it is, and stands under what needs them once it is overdue`()
        async throws
    {
        _ = try await remind(of: "data")
        let due = try #require(try await entries().first { $0.deadline == "data" }).due
        world.clock.later(due + 60 - world.clock.now)
        try await world.browse { browser in
            let (own, other) = (browser.another, browser.another)
            try await own.signIn(.coordinator)
            try await other.signIn(.other)
            #expect(try await own.get("/").text.contains("What is overdue"))
            #expect(try await own.get("/deadlines").text.contains("Share &lt;your&gt; data for Oakford Primary"))
            #expect(try await !other.get("/deadlines").text.contains("Oakford"))
            let item = ["item": "\(Self.review) data", "do": "done"]
            #expect(try await other.act("/deadlines", item).status == 404)
            #expect(try await own.act("/deadlines", ["item": "x", "do": "done"]).status == 409)
            #expect(try await own.act("/deadlines", ["item": "\(Self.review) none"]).status == 409)
            #expect(try await own.post("/deadlines", item).status == 403)
            #expect(try await own.act("/deadlines", item).location == "/deadlines?changed")
            let page = try await own.get("/").text
            #expect(!page.contains("What is overdue"))
        }
    }
}
