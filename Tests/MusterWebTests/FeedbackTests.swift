import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `Feedback on a session` {
    private let world: PageWorld
    private static let review = "spring/900001/review"

    init() throws {
        world = try PageWorld()
        try world.files.replace(
            "hosts:\n",
            with: """
                feedback:
                  questions: [{ id: useful, text: "How <useful> was it?" }, How well prepared were you?]
                  stages: [review]
                hosts:

                """, in: "programme/cycles/spring.yaml")
    }

    private func mails(_ reason: String = "feedback") throws -> [OutboxMessage] {
        try world.workspace().store.messages().filter { $0.reason == reason }
    }

    private func path(_ person: PersonID) throws -> String {
        let mail = try #require(try mails().first { $0.person == person })
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example(\/feedback\/[0-9a-f]{72})/)?.1))
    }

    private func move(to moment: Instant) { world.clock.later(moment - world.clock.now) }

    /// Publishes, and goes on to an hour and more after the review.
    private func hold() async throws -> PublishedSession {
        try await world.publish()
        let review = try world.session("900001/review")
        let lead = try #require(review.details.participants.first { $0.role == "lead" })
        _ = try await RecordAnswer.run(
            RecordAnswer.Request(session: Self.review, person: lead.person.rawValue, status: .declined, comment: ""),
            in: try world.workspace()
        ) { _ in }
        move(to: review.details.end + 1800)
        _ = try await world.workspace().send()
        #expect(try mails().isEmpty, "they are on their way home")
        move(to: review.details.end + 3700)
        for _ in 0..<3 { _ = try await world.workspace().send() }
        return review
    }

    @Test func `is asked for once of those who came, an hour after it, and once more of those who are silent`()
        async throws
    {
        let review = try await hold()
        let declined = try #require(review.details.participants.first { $0.role == "lead" }).person
        let came = review.details.participants.map(\.person).filter { $0 != declined }.sorted()
        #expect(try mails().compactMap(\.person).sorted() == came)
        #expect(try mails().allSatisfy { $0.session?.id.rawValue == Self.review })
        world.clock.later(120)
        try await world.browse { browser in
            _ = try await browser.post(try path(came[0]), ["score0": "4"])
        }
        world.clock.later(5 * 86_400)
        for _ in 0..<2 { _ = try await world.workspace().send() }
        #expect(try mails("feedback-reminder").compactMap(\.person).sorted() == Array(came.dropFirst()))
        world.clock.later(5 * 86_400)
        _ = try await world.workspace().send()
        #expect(try mails("feedback-reminder").count == came.count - 1, "nobody is asked a third time")
    }

    @Test func `is not asked for at night`() async throws {
        try await world.publish()
        let review = try world.session("900001/review")
        let zone = try #require(TimeZoneDatabase.system["Europe/London"])
        let night = zone.instant(
            LocalDateTime(date: zone.local(review.details.end).date, time: TimeOfDay(minutes: 22 * 60)))
        move(to: night)
        _ = try await world.workspace().send()
        #expect(try mails().isEmpty)
        move(to: night + 10 * 3600)
        _ = try await world.workspace().send()
        #expect(try !mails().isEmpty)
    }

    @Test func `is given once, by link, and with nothing in it not at all`() async throws {
        let review = try await hold()
        let person = try #require(try mails().first?.person)
        let own = try path(person)
        @Sendable func given() throws -> (scores: [String: [Int]], comments: [FeedbackResult.Comment]) {
            try world.workspace().store.feedback(on: "review", of: "spring")
        }
        try await world.browse { browser in
            let tooSoon = try await browser.post(own, ["score0": "4"])
            #expect(tooSoon.status == 409, "a program may have pressed the button")
            world.clock.later(61)
            let page = try await browser.get(own)
            #expect(page.status == 200 && page.text.contains("How &lt;useful&gt;") && !page.text.contains(" checked"))
            for nothing in [[:], ["score0": "0"], ["score0": "6"], ["score7": "3"], ["quote": "yes"], ["comment": " "]]
            {
                #expect(try await browser.post(own, nothing).status == 400, "\(nothing)")
            }
            #expect(try await browser.post(own, ["score0": "4"], site: "cross-site").status == 403)
            let empty = try given()
            #expect(empty.scores.isEmpty)
            let fields = ["score0": "4", "score1": "x", "comment": "More <time>", "quote": "yes"]
            #expect(try await browser.post(own, fields).location == "\(own)?done")
            #expect(try await browser.get("\(own)?done").text.contains("kept, without your name"))
            for _ in 0..<2 { #expect(try await browser.post(own, ["score0": "1"]).status == 409) }
            #expect(try await browser.get(own.replacing("/feedback/", with: "/answer/")).status == 404)
            #expect(try await browser.get(String(own.dropLast()) + "x").status == 404)
        }
        #expect(try given().scores == ["useful": [4]])
        #expect(try given().comments == [FeedbackResult.Comment(text: "More <time>", mayBeQuoted: true)])
        let rows = try world.workspace().store.feedbackInvitations(to: [review.uid])
        #expect(rows.filter(\.isAnswered).compactMap(\.person) == [person])
        let kept = try await ExportPerson.run(ExportPerson.Request(person: person), in: world.workspace()) { _ in }
        #expect(!String(decoding: kept.content, as: UTF8.self).contains("More <time>"))
    }

    @Test func `is shown to nobody while it is open, nor where too few answered, and forgotten after it`() async throws
    {
        _ = try await hold()
        world.clock.later(120)
        let people = try mails().compactMap(\.person)
        try await world.browse { browser in
            for person in people {
                _ = try await browser.post(try path(person), ["score0": "1", "comment": "Boring"])
            }
            let (own, other) = (browser.another, browser.another)
            try await own.signIn(.coordinator)
            try await other.signIn(.other)
            let page = try await own.get("/feedback").text
            #expect(page.contains("\(people.count) of \(people.count) answered so far") && !page.contains("Boring"))
            #expect(try await !other.get("/feedback").text.contains("Rapid Response"))
        }
        move(to: try #require(Instant(iso: "2027-04-08T00:00:00Z")))
        let shown = try await ShowFeedback.run(Nothing(), in: world.workspace()) { _ in }
        #expect(shown.count == 1 && !shown[0].isOpen && !shown[0].result.isShown, "of one session nobody is shown")
        try await world.browse { browser in
            let late = try await browser.post(try path(people[0]), ["score0": "5"])
            #expect(late.status == 409)
        }
        try world.files.replace(
            "2027-01-11 to 2027-03-24", with: "2027-01-11 to 2027-03-31", in: "programme/cycles/spring.yaml")
        try await world.browse { browser in
            let again = try await browser.post(try path(people[0]), ["score0": "5"])
            #expect(again.status == 409, "what was shown once takes no answer more, whatever becomes of the dates")
        }
        _ = try await world.workspace().purge()
        #expect(try !world.workspace().store.feedback(on: "review", of: "spring").comments.isEmpty)
        world.clock.later(36 * 86_400)
        _ = try await world.workspace().purge()
        let left = try world.workspace().store.feedback(on: "review", of: "spring")
        #expect(left.comments.isEmpty && left.scores["useful"]?.count == people.count)
    }
}
