import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `A link in a mail` {
    private let files: ProgrammeFiles
    private let clock: Clock
    private static let session = "spring/900001/review"

    init() throws {
        files = try ProgrammeFiles(operator: "pages: { listen: 127.0.0.1:9619, address: https://reviews.example/ }")
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    /// Publishes and delivers; then five minutes go by.
    private func publish() async throws -> PublishedSession {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        clock.later(300)
        return try current()
    }

    private func current() throws -> PublishedSession {
        try #require(try workspace().store.publishedSessions().first { $0.details.id.rawValue == Self.session })
    }

    /// The token in the newest mail to a person about the session.
    private func token(_ person: PersonID) throws -> String {
        let mail = try #require(
            try workspace().store.messages().first { $0.session?.id.rawValue == Self.session && $0.person == person })
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        #expect(text.contains("answer on the page</a>"), "a phone is narrower than the address")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example\/answer\/([0-9a-f]+)/)?.1))
    }

    private func status(_ person: PersonID) throws -> Answer.Status? {
        let session = try current()
        return Attendance(session.details, try workspace().store.answers()[session.uid] ?? []).answers
            .first { $0.participant.person == person }?.answer?.status
    }

    @Test func `is one's own, the same in every mail, and answers as often as one changes one's mind`() async throws {
        let session = try await publish()
        let people = session.details.participants.map(\.person)
        let tokens = try people.map(token)
        #expect(Set(tokens).count == people.count && tokens.allSatisfy { $0.count == 72 })
        for (person, token) in zip(people, tokens) {
            #expect(try workspace().answerPage(token)?.participant.person == person)
        }
        for said in [Answer.Status.accepted, .declined, .tentative] {
            #expect(try await workspace().answer(tokens[1], said, comment: "a word") == .kept)
            #expect(try status(people[1]) == said && workspace().answerPage(tokens[1])?.answer?.status == said)
        }
        let kept = try #require(try workspace().store.answers(of: people[1]).first)
        #expect(kept.way == Answer.link && kept.evidence == .strong && kept.comment == "a word")
        #expect(try workspace().store.events().filter { $0.kind.hasPrefix("attendee.") }.count == 3)
        #expect(try status(people[0]) == nil, "nobody answers for another")
        try files.replace("to agree the key", with: "to agree a key", in: "programme/cycles/spring.yaml")
        try files.replace(
            "id: review\n", with: "id: review\n    purpose: to look\n", in: "programme/cycles/spring.yaml")
        _ = try await publish()
        #expect(try token(people[1]) == tokens[1])
    }

    @Test func `is of no use changed, of another state, after the session, or once one need not come`() async throws {
        let session = try await publish()
        let person = session.details.participants[1].person
        let token = try token(person)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<500 {
            var digits = Array(token)
            digits[Int.random(in: 0..<72, using: &random)] = "0123456789abcdefgA/".randomElement(using: &random) ?? "0"
            let other = String(digits)
            #expect(try (workspace().answerPage(other) != nil) == (other == token), "\(other)")
        }
        for odd in [
            "", "x", token + "0", String(token.dropLast()), token.uppercased(), String(repeating: "é", count: 72),
        ] {
            #expect(try workspace().answerPage(odd) == nil)
        }
        let other = AnswerLinks(address: "https://reviews.example", key: Array("another state".utf8))
        #expect(other.address(uid: session.uid, person: person)?.hasSuffix(token) == false)
        clock.later(session.details.start - clock.now)
        #expect(try workspace().answerPage(token) == nil)
        #expect(try await workspace().answer(token, .accepted, comment: "") == .unknown)
    }

    @Test func `can be taken back, and others keep theirs`() async throws {
        let session = try await publish()
        let people = session.details.participants.map(\.person)
        let tokens = try people.map(token)
        for _ in 0..<2 {
            _ = try await RevokeLinks.run(ExportPerson.Request(person: people[1]), in: try workspace()) { _ in }
        }
        #expect(try workspace().answerPage(tokens[1]) == nil && workspace().answerPage(tokens[0]) != nil)
        #expect(try await workspace().answer(tokens[1], .declined, comment: "") == .unknown)
        try files.replace(
            "id: review\n", with: "id: review\n    purpose: to look\n", in: "programme/cycles/spring.yaml")
        _ = try await publish()
        let new = try token(people[1])
        #expect(try new != tokens[1] && workspace().answerPage(new)?.participant.person == people[1])
        #expect(try token(people[0]) == tokens[0])
        await #expect(throws: Workspace.Failure.self) {
            try await RevokeLinks.run(ExportPerson.Request(person: "nobody"), in: try workspace()) { _ in }
        }
    }

    @Test func `pressed as soon as the mail has left changes nothing`() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        let person = try current().details.participants[0].person
        let token = try token(person)
        clock.later(59)
        #expect(try await workspace().answer(token, .declined, comment: "") == .tooSoon)
        #expect(try status(person) == nil)
        clock.later(1)
        #expect(try await workspace().answer(token, .declined, comment: "") == .kept)
    }

    @Test func `settles like a no by mail, and is asked anew about another time`() async throws {
        let session = try await publish()
        let host = try #require(session.details.participants.first { $0.role == Duty.host }?.person)
        let token = try token(host)
        _ = try await workspace().answer(token, .declined, comment: "")
        var options = Workspace.PlanningOptions()
        options.waitsForSecondThoughts = true
        #expect(try await workspace().propose(options).changes.isEmpty, "it can be taken back for a quarter of an hour")
        clock.later(901)
        #expect(try await !workspace().propose(options).changes.isEmpty)
        _ = try await publish()
        #expect(try workspace().answerPage(token)?.answer == nil, "the other time has not been answered")
    }

    @Test func `stands in no mail where nobody could open it`() async throws {
        try files.replace(
            "pages: { listen: 127.0.0.1:9619, address: https://reviews.example/ }", with: "", in: "muster.yaml")
        _ = try await publish()
        let texts = try workspace().store.messages().map { String(decoding: $0.content, as: UTF8.self) }
        #expect(!texts.isEmpty && !texts.contains { $0.contains("/answer/") })
    }
}
