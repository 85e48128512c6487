import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `What people answer` {
    private let files: ProgrammeFiles
    private let clock: Clock
    private static let session = "spring/900001/pre-review"

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    /// Publishes, and delivers.
    private func publish() async throws -> PublishedSession {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        return try current()
    }

    private func current() throws -> PublishedSession {
        try #require(try workspace().store.publishedSessions().first { $0.details.id.rawValue == Self.session })
    }

    /// Who comes to the session beside the host: its lead.
    private func lead(_ session: PublishedSession) throws -> SessionDetails.Participant {
        try #require(session.details.participants.first { $0.role == "lead" })
    }

    private func take(_ mail: String) async throws -> IncomingMail {
        let content = Data(mail.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
        return try await TakeMail.run(TakeMail.Request(content: content), in: try workspace()) { _ in }
    }

    private func status(_ session: PublishedSession, _ person: PersonID) throws -> Answer.Status? {
        Attendance(session.details, try workspace().store.answers()[session.uid] ?? []).answers
            .first { $0.participant.person == person }?.answer?.status
    }

    struct Dialect: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// With UID, ADDRESS, STATUS, SEQUENCE and STAMP to be filled in.
        let text: String
    }

    private static let event = """
        BEGIN:VCALENDAR
        VERSION:2.0
        METHOD:REPLY
        BEGIN:VEVENT
        UID:UID
        SEQUENCE:SEQUENCE
        DTSTAMP:STAMP
        ATTENDEE;PARTSTAT=STATUS:mailto:ADDRESS
        END:VEVENT
        END:VCALENDAR

        """

    /// As calendar programs write them; made for this test.
    static let dialects = [
        Dialect(
            testDescription: "a calendar part alone",
            text: """
                From: Somebody <ADDRESS>
                Subject: Accepted
                MIME-Version: 1.0
                Content-Type: text/calendar; charset=UTF-8; method=REPLY

                \(event)
                """),
        Dialect(
            testDescription: "text, HTML and an attachment, an automatic answer of a server without ORGANIZER",
            text: """
                From: "Somebody, Else" <ADDRESS>
                Subject: =?utf-8?Q?Accept=C3=A9?=
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: multipart/mixed; boundary="b"

                --b
                Content-Type: multipart/alternative; boundary="a"

                --a
                Content-Type: text/plain; charset=utf-8

                I will be there.
                --a
                Content-Type: text/calendar; charset="utf-8"; method="REPLY"

                \(event.replacing("mailto:ADDRESS", with: "MAILTO:ADDRESS"))
                --a--
                --b
                Content-Type: application/ics; name="invite.ics"
                Content-Disposition: attachment; filename="invite.ics"

                \(event)
                --b--
                """),
        Dialect(
            testDescription: "a forwarded guest list with a name in the attendee",
            text: """
                From: ADDRESS
                Subject: Re: Invitation
                Content-Type: text/calendar; method=reply

                \(event.replacing(
                    "ATTENDEE;PARTSTAT=STATUS:mailto:ADDRESS",
                    with: "ATTENDEE;CN=A. Marsh;PARTSTAT=NEEDS-ACTION:mailto:a.marsh@example.test\nATTENDEE;CN=\"X, Y\";ROLE=REQ-PARTICIPANT;PARTSTAT=STATUS;X-NUM-GUESTS=0:\n mailto:ADDRESS"))
                """),
    ]

    private func filled(
        _ text: String, _ session: PublishedSession, _ address: String, _ status: String = "ACCEPTED",
        sequence: Int? = nil, stamp: String = "20261124T100000Z"
    ) -> String {
        text.replacing("UID:UID", with: "UID:\(session.uid)").replacing("ADDRESS", with: address)
            .replacing("STATUS", with: status).replacing(
                "SEQUENCE:SEQUENCE", with: "SEQUENCE:\(sequence ?? session.sequence)"
            )
            .replacing("STAMP:STAMP", with: "STAMP:\(stamp)")
    }

    @Test(arguments: dialects, ["ACCEPTED", "DECLINED", "TENTATIVE"])
    func `is understood from whatever program wrote it, and once`(dialect: Dialect, word: String) async throws {
        let session = try await publish()
        let lead = try lead(session)
        let mail = filled(dialect.text, session, lead.address, word)
        let taken = try await take(mail)
        #expect(taken.state == .applied && taken.session.rawValue == Self.session, "\(taken)")
        #expect(try status(session, lead.person)?.rawValue.uppercased() == word)
        #expect(try await take(mail) == taken, "the same mail changes nothing")
        let store = try workspace().store
        #expect(try store.events(about: [Self.session]).filter { $0.kind.hasPrefix("attendee.") }.count == 1)
        let written = try store.messages([.due])
        #expect(written.allSatisfy { $0.kind == .receipt && $0.recipient == lead.address }, "no other is written to")
        #expect(written.isEmpty || word == "DECLINED")
    }

    @Test func `counts in the order in which it was said, whatever the order in which it came`() async throws {
        let session = try await publish()
        let lead = try lead(session)
        let text = Self.dialects[0].text
        let later = filled(text, session, lead.address, "DECLINED", stamp: "20261124T110000Z")
        #expect(try await take(later).state == .applied)
        let earlier = try await take(filled(text, session, lead.address, "ACCEPTED", stamp: "20261124T100000Z"))
        #expect(earlier.state == .ignored && earlier.reason.contains("answered again since"))
        #expect(try status(session, lead.person) == .declined)
    }

    @Test func `stands in what is sent next, and no longer counts where the time has moved`() async throws {
        let session = try await publish()
        let lead = try lead(session)
        _ = try await take(filled(Self.dialects[0].text, session, lead.address))
        try files.replace("to agree the key enquiry question", with: "to agree", in: "programme/cycles/spring.yaml")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let updates = try workspace().store.messages([.due]).filter { $0.session?.id.rawValue == Self.session }
        let unfolded = updates.map { String(decoding: $0.content, as: UTF8.self) }
        #expect(!updates.isEmpty)
        for mail in unfolded {
            let object = Data(base64Encoded: base64(mail) ?? "").map { String(decoding: $0, as: UTF8.self) } ?? mail
            #expect(object.replacing("\r\n ", with: "").contains("PARTSTAT=ACCEPTED"), "\(object)")
        }
        let day = session.details.start.utc.date + 1
        let move = MoveSession.Request(session: "900001/pre-review", time: "\(day)T16:00", reason: "")
        _ = try? await MoveSession.run(move, in: try workspace()) { _ in }
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let moved = try current()
        if moved.details.start != session.details.start { #expect(try status(moved, lead.person) == nil) }
        // A late answer to the invitation before says yes to a time that is no more.
        _ = try await workspace().send()
        let late = filled(Self.dialects[0].text, moved, lead.address, sequence: 0, stamp: "20261124T120000Z")
        _ = try await take(late)
        if moved.details.start != session.details.start { #expect(try status(moved, lead.person) == nil) }
        #expect(
            try await take(filled(Self.dialects[0].text, moved, lead.address, stamp: "20261124T130000Z")).state
                == .applied)
        #expect(try status(moved, lead.person) == .accepted)
    }

    private func base64(_ mail: String) -> String? {
        guard let range = mail.firstRange(of: "text/calendar") else { return nil }
        let rest = mail[range.upperBound...]
        guard rest.prefix(300).contains("base64"), let body = rest.firstRange(of: "\r\n\r\n") else { return nil }
        return rest[body.upperBound...].prefix { $0 != "-" }.filter { !$0.isWhitespace }
    }

    /// Who may say what: each line of the table in the security notes.
    @Test(arguments: [
        ("a stranger", "x@evil.example", "LEAD", IncomingMail.State.waiting, "who is not written to there"),
        ("the host for the lead", "a.marsh@example.test", "LEAD", .waiting, "who is not written to there"),
        ("nobody", "", "LEAD", .waiting, "who is not written to there"),
        ("the lead by an alias in the calendar", "LEAD", "alias@elsewhere.example", .applied, "comes to"),
    ])
    func `speaks for its sender alone`(
        who: String, from: String, attendee: String, state: IncomingMail.State, reason: String
    ) async throws {
        let session = try await publish()
        let lead = try lead(session)
        func address(_ text: String) -> String { text == "LEAD" ? lead.address : text }
        let mail = filled(Self.dialects[0].text, session, address(attendee))
            .replacing("From: Somebody <\(address(attendee))>", with: "From: Somebody <\(address(from))>")
        let taken = try await take(mail)
        #expect(taken.state == state && taken.reason.contains(reason), "\(who): \(taken)")
        #expect(try status(session, lead.person) == (state == .applied ? .accepted : nil))
    }

    @Test(arguments: [
        ("From: LEAD\nSubject: I can't do Thursday\nIn-Reply-To: <ID>\n\nSorry!", IncomingMail.State.waiting, true),
        (
            "From: LEAD\nSubject: Out of office\nAuto-Submitted: auto-replied\nIn-Reply-To: <ID>\n\nBack on Monday",
            .ignored, true
        ),
        (
            "From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered\nReferences: <ID>\n\n550", .applied,
            true
        ),
        ("From: x@news.example\nList-Id: <n.example>\nSubject: News\n\nBuy", .ignored, false),
        ("From: LEAD\nSubject: Hello\n\nHow are you?", .waiting, false),
        ("", .waiting, false), ("\u{0}\u{1}\u{2}", .waiting, false),
        (
            "From: LEAD\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:other\nATTENDEE;PARTSTAT=ACCEPTED:mailto:LEAD\nEND:VEVENT\nEND:VCALENDAR\n",
            .waiting, false
        ),
    ])
    func `in words waits for a person, and what a program wrote by itself is left`(
        text: String, state: IncomingMail.State, isAboutSession: Bool
    ) async throws {
        let session = try await publish()
        let lead = try lead(session)
        let sent = try #require(
            try workspace().store.messages().first {
                $0.session?.id.rawValue == Self.session && $0.person == lead.person
            })
        let mail = text.replacing("LEAD", with: lead.address).replacing("<ID>", with: "<\(sent.messageID)>")
        let taken = try await take(mail)
        #expect(taken.state == state && (taken.session.rawValue == Self.session) == isAboutSession, "\(taken)")
        #expect(try status(session, lead.person) == nil)
        let waits = try workspace().store.incomingMails(.waiting)
        #expect(waits.count == (state == .waiting ? 1 : 0))
        guard state == .waiting else { return }
        let which = ShowIncomingMail.Request(number: taken.number)
        #expect(try await ShowIncomingMail.run(which, in: try workspace()) { _ in }.content != nil)
        _ = try await SettleIncomingMail.run(which, in: try workspace()) { _ in }
        #expect(try workspace().store.incomingMails(.waiting).isEmpty)
        #expect(try workspace().store.incomingContent(taken.number) == nil, "what was dealt with is not kept")
    }

    @Test func `by telephone is kept, explained, exported and forgotten with the person`() async throws {
        let session = try await publish()
        let lead = try lead(session)
        let request = RecordAnswer.Request(
            session: "900001/pre-review", person: lead.person.rawValue, status: .declined, comment: "in hospital")
        #expect(try await RecordAnswer.run(request, in: try workspace()) { _ in }.name == lead.name)
        let explained = try await ExplainEntity.run(
            ExplainEntity.Request(
                entity: "900001/pre-review", assumption: nil, search: PlanSeason.Search()), in: try workspace()
        ) { _ in }
        #expect("\(explained)".contains("\(lead.name) (“in hospital”) does not come"), "\(explained)")
        #expect(try workspace().exportPeople().contains("\(lead.address),\(lead.school ?? ""),yes,declined"))
        #expect(try workspace().exportPerson(lead.person).contains("in hospital"))
        let counts = try workspace().store.answerCounts(at: clock.now)
        #expect(counts["declined"] == 1 && (counts["none"] ?? 0) > 1)
        let stranger = RecordAnswer.Request(
            session: "900001/pre-review", person: "m.khan", status: .accepted, comment: "")
        await #expect(throws: Workspace.Failure.self) {
            try await RecordAnswer.run(stranger, in: try workspace()) { _ in }
        }
    }

    private func decline(_ person: PersonID, _ session: String = "900001/review") async throws {
        let request = RecordAnswer.Request(session: session, person: person.rawValue, status: .declined, comment: "")
        _ = try await RecordAnswer.run(request, in: try workspace()) { _ in }
    }

    private func team() throws -> [RoleID: [PersonID]] {
        try #require(try workspace().store.latestRevision()?.plan.tracks.first).team
    }

    private func starts() throws -> [SessionID: Instant] {
        try workspace().store.publishedSessions().reduce(into: [:]) { $0[$1.details.id] = $1.details.start }
    }

    @Test func `no of a team's member has somebody take the place on the same dates`() async throws {
        try files.replace(
            "m.khan,Mo Khan", with: "z.ali,Zara Ali,z.ali@example.test,,lead;reviewer,,\nm.khan,Mo Khan",
            in: "programme/people.csv")
        _ = try await publish()
        let (before, dates) = (try team(), try starts())
        let lead = try #require(before["lead"]?.first)
        try await decline(lead)
        let proposal = try await workspace().propose()
        #expect(
            proposal.notes == [] && proposal.changes.changes.allSatisfy { $0.sentences.count == 1 },
            "\(before) \(proposal.changes.changes.map(\.sentences))")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(try team()["lead"] != [lead] && (try team()["lead"]?.count) == 1)
        #expect(try starts() == dates, "nobody else needs another date")
        let told = try workspace().store.messages([.due])
        #expect(told.filter { $0.person == lead }.allSatisfy { $0.kind == .cancellation })
        #expect(told.filter { $0.kind == .invitation }.allSatisfy { $0.person == (try? team()["lead"]?.first) })
        let again = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(again.result == nil, "who has declined is not asked again, and nobody is told twice")
    }

    @Test func `no of somebody whom nobody can replace has it moved, for all of them`() async throws {
        _ = try await publish()
        let (before, dates) = (try team(), try starts())
        try await decline("m.khan", "900001/workshop")
        let response = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(response.report.notes.count == 1 && response.report.notes[0].contains("take the place of Mo Khan"))
        #expect(response.report.changes.map(\.session) == ["spring/900001/workshop"])
        #expect(try team() == before)
        #expect(try starts()["spring/900001/workshop"] != dates["spring/900001/workshop"])
        let session = try #require(
            try workspace().store.publishedSessions().first { $0.details.id == "spring/900001/workshop" })
        #expect(try status(session, "m.khan") == nil, "the other date has not been answered")
    }

    @Test func `no of the host has it moved, and the team stays`() async throws {
        _ = try await publish()
        let (before, dates) = (try team(), try starts())
        try await decline("a.marsh", "900001/pre-review")
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(try team() == before && starts()["spring/900001/pre-review"] != dates["spring/900001/pre-review"])
    }

    @Test func `no with nobody else and no other date changes nothing, and says so`() async throws {
        try files.replace(
            "dates: 2027-01-11 to 2027-03-24", with: "dates: 2027-01-18 to 2027-01-29",
            in: "programme/cycles/spring.yaml")
        try files.replace("5 to 15 school days", with: "4 to 15 school days", in: "programme/cycles/spring.yaml")
        try files.replace("3 to 10 school days", with: "2 to 10 school days", in: "programme/cycles/spring.yaml")
        try files.replace(
            "m.khan@example.test,900004,champion,,", with: "m.khan@example.test,900004,champion,,Fri 12:00-17:00",
            in: "programme/people.csv")
        _ = try await publish()
        let dates = try starts()
        try #require(dates.count == 3)
        for _ in 0..<2 { try await decline("m.khan", "900001/workshop") }
        let response = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        #expect(try starts() == dates || response.report.notes.isEmpty)
        if response.result == nil {
            #expect(response.report.notes.count == 1 && response.report.notes[0].contains("Mo Khan does not come"))
        }
    }

    @Test func `no by mail can be taken back for a quarter of an hour before the daemon makes anything of it`()
        async throws
    {
        let session = try await publish()
        let lead = try lead(session)
        _ = try await take(filled(Self.dialects[0].text, session, lead.address, "DECLINED"))
        var options = Workspace.PlanningOptions()
        options.waitsForSecondThoughts = true
        #expect(try await workspace().propose(options).changes.isEmpty)
        clock.later(901)
        #expect(try await !workspace().propose(options).changes.isEmpty)
        _ = try await take(filled(Self.dialects[0].text, session, lead.address, stamp: "20261124T110000Z"))
        #expect(try await workspace().propose(options).changes.isEmpty)
    }

    @Test func `lies in a folder until what follows from it is kept, and then is moved away`() async throws {
        let session = try await publish()
        let lead = try lead(session)
        let mail = filled(Self.dialects[0].text, session, lead.address)
        try files.folder.write(mail.replacing("\n", with: "\r\n"), to: "state/answers/new/1")
        try files.folder.write("broken", to: "state/answers/new/2")
        #expect(try await workspace().takeAnswers() == 2)
        #expect(try status(session, lead.person) == .accepted)
        let folder = files.folder.path + "/state/answers/"
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "new").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "cur").sorted() == ["1:2,S", "2:2,S"])
        #expect(try await workspace().takeAnswers() == 0)
    }
}
