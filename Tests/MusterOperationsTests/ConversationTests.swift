import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `The conversation by mail` {
    private let files: ProgrammeFiles
    private let clock: Clock
    private static let session = "spring/900001/pre-review"

    init() throws {
        files = try ProgrammeFiles(
            operator: """
                answers: { authenticated-by: mx.example.test }
                return-path: reviews+*@example.test
                """)
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        try files.replace(
            "m.khan,Mo Khan",
            with: "z.ali,Zara Ali,z.ali@example.test,,lead;reviewer,,\nm.khan,Mo Khan", in: "programme/people.csv")
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
            .acting(as: "ann")
    }

    private func publish() async throws -> (PublishedSession, lead: SessionDetails.Participant) {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        let session = try current()
        return (session, try #require(session.details.participants.first { $0.role == "lead" }))
    }

    private func current() throws -> PublishedSession {
        try #require(try workspace().store.publishedSessions().first { $0.details.id.rawValue == Self.session })
    }

    private func take(_ mail: String) async throws -> IncomingMail {
        let content = Data(mail.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
        return try await TakeMail.run(TakeMail.Request(content: content), in: try workspace()) { _ in }
    }

    private func status(_ person: PersonID) throws -> Answer.Status? {
        let session = try current()
        return Attendance(session.details, try workspace().store.answers()[session.uid] ?? []).answers
            .first { $0.participant.person == person }?.answer?.status
    }

    /// A mail with a calendar part.
    private func mail(
        from: String, _ status: String = "ACCEPTED", method: String = "REPLY", attendee: String? = nil,
        parameters: String = "", extra: String = "", headers: String = "", stamp: String = "20261124T100000Z"
    ) throws -> String {
        let session = try current()
        return """
            From: Somebody <\(from)>
            Subject: About it
            \(headers)Content-Type: text/calendar; method=\(method)

            BEGIN:VCALENDAR
            VERSION:2.0
            METHOD:\(method)
            BEGIN:VEVENT
            UID:\(session.uid)
            SEQUENCE:\(session.sequence)
            DTSTAMP:\(stamp)
            ATTENDEE;PARTSTAT=\(status)\(parameters):mailto:\(attendee ?? from)
            \(extra)END:VEVENT
            END:VCALENDAR

            """
    }

    private func waitingMessages() throws -> [OutboxMessage] { try workspace().store.messages([.due]) }

    private func deliver() async throws { _ = try await workspace().send() }

    // MARK: Evidence

    /// Each line of the table in SECURITY.md.
    @Test(arguments: [
        ("dmarc=pass header.from=example.test", "strong"),
        ("dkim=pass header.d=example.test", "strong"),
        ("spf=pass smtp.mailfrom=a@mail.example.test", "strong"),
        ("none", "fair"),
        ("dkim=pass header.d=other.example; spf=pass smtp.mailfrom=x@other.example", "fair"),
        ("dmarc=fail header.from=example.test", "weak"),
        ("spf=fail smtp.mailfrom=x@evil.example", "weak"),
        ("dmarc=fail; dkim=pass header.d=school-org.20230601.gappssmtp.com", "fair"),
        ("dmarc=fail; dkim=pass header.d=evilgoogle.com", "weak"),
        ("dmarc=fail; dkim=pass header.d=test", "weak"),
    ])
    func `is believed as far as the mail server vouches for it`(finding: String, grade: String) async throws {
        let (_, lead) = try await publish()
        // Whoever sends a mail can write such a field too, below that of the server.
        let forged = "Authentication-Results: mx.example.test; dmarc=pass\n"
        let headers = "Authentication-Results: mx.example.test; \(finding)\n\(forged)"
        let taken = try await take(mail(from: lead.address, headers: headers))
        #expect(taken.state == (grade == "weak" ? .waiting : .applied), "\(taken)")
        let answers = try workspace().store.answers(of: lead.person)
        #expect(answers.map(\.evidence.rawValue) == (grade == "weak" ? [] : [grade]))
        guard grade == "weak" else { return }
        let accepted = AcceptIncomingMail.Request(number: taken.number)
        _ = try await AcceptIncomingMail.run(accepted, in: try workspace()) { _ in }
        #expect(try status(lead.person) == .accepted && workspace().store.answers(of: lead.person)[0].way == "ann")
    }

    @Test func `is not believed by what another server says`() async throws {
        let (_, lead) = try await publish()
        let headers = "Authentication-Results: mx.elsewhere.example; dmarc=pass\n"
        _ = try await take(mail(from: lead.address, headers: headers))
        #expect(try workspace().store.answers(of: lead.person).map(\.evidence) == [.fair])
    }

    // MARK: Receipts

    @Test func `has a no confirmed once, and a word takes it back`() async throws {
        let (_, lead) = try await publish()
        #expect(try await take(mail(from: lead.address, "DECLINED")).state == .applied)
        let receipt = try #require(try waitingMessages().first)
        #expect(try waitingMessages().count == 1 && receipt.kind == .receipt && receipt.recipient == lead.address)
        let text = String(decoding: receipt.content, as: UTF8.self)
        #expect(text.contains("Auto-Submitted: auto-replied") && text.contains("UNDO"))
        try await deliver()
        _ = try await take(mail(from: lead.address, "ACCEPTED", stamp: "20261124T100100Z"))
        _ = try await take(mail(from: lead.address, "DECLINED", stamp: "20261124T100200Z"))
        #expect(try waitingMessages().isEmpty, "at most one an hour")

        func undo(from sender: String) -> String {
            "From: \(sender)\nSubject: Re: You have declined\nIn-Reply-To: <\(receipt.messageID)>\n\nUndo please\n\n> You have declined"
        }
        #expect(try await take(undo(from: "x@evil.example")).state == .waiting)
        #expect(try status(lead.person) == .declined, "a stranger takes nothing back")
        #expect(try await take(undo(from: lead.address)).state == .applied)
        #expect(try status(lead.person) == nil)
        #expect(
            try workspace().store.events().contains {
                $0.kind == "attendee.withdrawn" && $0.actor == lead.person.rawValue
            })
        #expect(try await take(undo(from: lead.address) + " ").state == .waiting, "there is nothing more to undo")
    }

    @Test func `answers no program, and nobody where mails wait for approval`() async throws {
        let (_, lead) = try await publish()
        let automatic = try mail(from: lead.address, "DECLINED", headers: "Auto-Submitted: auto-generated\n")
        #expect(try await take(automatic).state == .applied)
        #expect(try waitingMessages().isEmpty)
        try files.replace("organiser:", with: "approval: manual\norganiser:", in: "muster.yaml")
        #expect(try await take(mail(from: lead.address, "DECLINED", stamp: "20261124T110000Z")).state == .applied)
        #expect(try workspace().store.messages([.due, .held]).isEmpty)
    }

    @Test func `sends the invitation again to whoever asks, once an hour`() async throws {
        let (_, lead) = try await publish()
        let request = try mail(from: lead.address, "NEEDS-ACTION", method: "REFRESH")
        #expect(try await take(request).state == .applied)
        let again = try #require(try waitingMessages().first)
        #expect(again.kind == .update && again.recipient == lead.address && again.reason == "refresh")
        try await deliver()
        #expect(try await take(request + "\n").state == .ignored && waitingMessages().isEmpty)
        clock.later(3601)
        #expect(try await take(request + "\n\n").state == .applied)
        #expect(try await take(mail(from: "x@evil.example", "NEEDS-ACTION", method: "REFRESH")).state == .waiting)
    }

    // MARK: What a person agrees to

    private var counter: String {
        get throws {
            let start = try current().details.start.utc.date + 1
            let day = start.description.filter { $0 != "-" }
            return "DTSTART:\(day)T160000Z\nDTEND:\(day)T170000Z\n"
        }
    }

    @Test func `carries another time that a coordinator agrees to`() async throws {
        let (session, lead) = try await publish()
        let taken = try await take(
            mail(from: lead.address, "TENTATIVE", method: "COUNTER", extra: counter))
        #expect(taken.state == .waiting && taken.reason.contains("proposes"), "\(taken)")
        #expect(try status(lead.person) == nil && current().details.start == session.details.start)
        let request = AcceptIncomingMail.Request(number: taken.number)
        _ = try await AcceptIncomingMail.run(request, in: try workspace()) { _ in }
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(try current().details.start.description.contains("T16:00:00"))
        await #expect(throws: Workspace.Failure.self, "once") {
            try await AcceptIncomingMail.run(request, in: try workspace()) { _ in }
        }
    }

    @Test func `carries another time that is refused, and whoever proposed it is told`() async throws {
        let (session, lead) = try await publish()
        let taken = try await take(
            mail(from: lead.address, "TENTATIVE", method: "COUNTER", extra: counter))
        let request = RefuseIncomingMail.Request(number: taken.number, reason: "the hall is taken")
        #expect(try await RefuseIncomingMail.run(request, in: try workspace()) { _ in }.isTold)
        let told = try #require(try waitingMessages().first)
        let text = String(decoding: told.content, as: UTF8.self)
        #expect(told.recipient == lead.address && text.contains("method=DECLINECOUNTER"))
        try await deliver()
        #expect(try current() == session, "and what they know of the session is what it was")
    }

    @Test func `carries somebody who comes instead, whom a coordinator agrees to`() async throws {
        let (session, lead) = try await publish()
        let other = lead.person == "z.ali" ? "k.o@example.test" : "z.ali@example.test"
        let delegated = try await take(
            mail(from: lead.address, "DELEGATED", parameters: ";DELEGATED-TO=\"mailto:\(other)\""))
        #expect(delegated.state == .waiting && delegated.reason.contains(other), "\(delegated)")
        let delegate = try await take(mail(from: other, parameters: ";DELEGATED-FROM=\"mailto:\(lead.address)\""))
        #expect(delegate.reason.contains("instead of \(lead.name)"), "\(delegate)")
        let request = AcceptIncomingMail.Request(number: delegate.number)
        _ = try await AcceptIncomingMail.run(request, in: try workspace()) { _ in }
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let changed = try current()
        #expect(changed.details.start == session.details.start)
        #expect(changed.details.participants.contains { $0.address == other && $0.role == "lead" })
    }

    @Test func `from an address that nobody knows is agreed to for a person, by name`() async throws {
        let (_, lead) = try await publish()
        let taken = try await take(mail(from: "private@elsewhere.example"))
        #expect(taken.state == .waiting && taken.reason.contains("forwarded"))
        await #expect(throws: Workspace.Failure.self, "nobody can tell whose it is") {
            try await AcceptIncomingMail.run(
                AcceptIncomingMail.Request(number: taken.number), in: try workspace()
            ) { _ in }
        }
        let request = AcceptIncomingMail.Request(number: taken.number, person: lead.person.rawValue)
        _ = try await AcceptIncomingMail.run(request, in: try workspace()) { _ in }
        #expect(try status(lead.person) == .accepted)
        let words = try await take("From: \(lead.address)\nSubject: Hm\n\nI can't do Thursday.\n\n> Please come")
        #expect(words.reason.contains("“I can't do Thursday.”"))
        await #expect(throws: Workspace.Failure.self, "words have to be read") {
            try await AcceptIncomingMail.run(
                AcceptIncomingMail.Request(number: words.number), in: try workspace()
            ) { _ in }
        }
    }

    @Test func `is known to arrive once a test was answered`() async throws {
        let response = try await SendTest.run(SendTest.Request(address: "me@school.example"), in: try workspace()) {
            _ in
        }
        #expect(response.failure == nil)
        let folder = files.folder.path + "/state/mail/new"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let invitation = try String(contentsOfFile: folder + "/" + #require(names.first), encoding: .utf8)
        let uid = try #require(invitation.firstMatch(of: /Message-ID: <([^>]+)>/)?.1)
        let reply = """
            From: me@school.example
            Content-Type: text/calendar; method=REPLY

            BEGIN:VCALENDAR
            METHOD:REPLY
            BEGIN:VEVENT
            UID:test-\(uid)
            ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@school.example
            END:VEVENT
            END:VCALENDAR

            """
        #expect(try await FetchAnswers.run(Nothing(), in: try workspace()) { _ in }.roundTrip == nil)
        try files.folder.write(reply.replacing("\n", with: "\r\n"), to: "state/answers/new/1")
        let fetched = try await FetchAnswers.run(Nothing(), in: try workspace()) { _ in }
        #expect(fetched.count == 1 && fetched.roundTrip == clock.now)
        #expect(try await ReportStatus.run(Nothing(), in: try workspace()) { _ in }.roundTrip == clock.now)
    }

    // MARK: What came back

    @Test(arguments: ["by the address that it came back to", "by its Message-ID"])
    func `that came back marks the mail, and is told once`(way: String) async throws {
        let (_, lead) = try await publish()
        let sent = try #require(
            try workspace().store.messages().first {
                $0.session?.id.rawValue == Self.session && $0.person == lead.person
            })
        let name = sent.messageID.prefix { $0 != "@" }.filter { $0 != "-" }
        let mail =
            way.contains("address")
            ? ReturnedMail.text(
                of: "", for: "someone@elsewhere.example", to: "reviews+\(name)@example.test")
            : ReturnedMail.text(of: sent.messageID, for: "someone@elsewhere.example")
        let delayed = mail.replacing("failed", with: "delayed").replacing("5.1.1", with: "4.4.1")
        #expect(try await take(delayed).state == .ignored)
        #expect(try workspace().store.message(sent.number)?.state == .delivered)
        #expect(try await take(mail).state == .applied)
        let dead = try #require(try workspace().store.message(sent.number))
        #expect(dead.state == .dead && dead.lastError == "it came back: 550 5.1.1 No such user")
        #expect(try await take(mail + "\n").state == .ignored, "the second report of the same")
        #expect(try workspace().store.events().filter { $0.kind == "mail.bounced" }.count == 1)
        #expect(try waitingMessages().isEmpty, "a server's report is never answered")
        let explained = try await ExplainEntity.run(
            ExplainEntity.Request(entity: lead.person.rawValue, assumption: nil, search: PlanSeason.Search()),
            in: try workspace()
        ) { _ in }
        #expect("\(explained)".contains("Mails to \(lead.address) do not arrive: it came back: 550"), "\(explained)")
    }

    @Test func `that says it came back proves nothing by an address alone`() async throws {
        let (_, lead) = try await publish()
        let taken = try await take(ReturnedMail.text(of: "made-up@example.test", for: lead.address))
        #expect(taken.state == .waiting && taken.reason.contains(lead.address), "\(taken)")
        #expect(try workspace().store.messages([.dead]).isEmpty)
    }
}
