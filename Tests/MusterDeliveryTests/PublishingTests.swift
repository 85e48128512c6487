import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing
import Transport

@Suite struct `Telling people` {
    @Test func `everyone is invited once, and nobody hears anything when nothing changes`() async throws {
        let world = try World()
        #expect(try world.publish([session()]).map(\.kind) == [.invitation, .invitation])
        try await world.send()
        #expect(try world.publish([session()]).isEmpty)
    }

    @Test func `the history says of each session how many mails were written about it`() async throws {
        let world = try World()
        try world.publish([session(), session(["cid"], id: "c/2/review")])
        let told = try world.store.events().filter { $0.kind == "session.scheduled" }.map { "\($0.subject) \($0.told)" }
        #expect(told.sorted() == ["c/1/review 2", "c/2/review 1"])
    }

    @Test func `who stays is told of a move, with the same UID and the next SEQUENCE`() async throws {
        let world = try World()
        let first = try world.publish([session()])
        try await world.send()
        let second = try world.publish([session(start: 1_800_086_400)])
        #expect(second.map(\.kind) == [.update, .update])
        #expect(
            second.map(\.session?.uid) == first.map(\.session?.uid) && second.allSatisfy { $0.session?.sequence == 1 })
        #expect(String(decoding: second[0].content, as: UTF8.self).contains("In-Reply-To: <\(first[0].messageID)>"))
    }

    @Test func `who leaves gets a cancellation alone, who joins an invitation, who stays hears who comes instead`()
        async throws
    {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        let messages = try world.publish([session(["ann", "cid"])])
        let kinds = Dictionary(uniqueKeysWithValues: messages.map { ($0.person, $0.kind) })
        #expect(kinds == ["ann": .update, "ben": .cancellation, "cid": .invitation])
        let cancel = try #require(messages.first { $0.kind == .cancellation })
        #expect(object(cancel).contains("METHOD:CANCEL") && object(cancel).contains("STATUS:CANCELLED"))
        #expect(!object(cancel).contains("ann@school.example"))
    }

    @Test func `with hidden attendees nobody hears of others, and each sees themselves alone`() async throws {
        let world = try World()
        let first = try world.publish([session(shows: false)])
        #expect(first.allSatisfy { object($0).components(separatedBy: "ATTENDEE").count == 2 })
        try await world.send()
        #expect(try world.publish([session(["ann", "ben", "cid"], shows: false)]).map(\.person) == ["cid"])
    }

    @Test func `a changed question is told without a new SEQUENCE, a changed link with one`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        #expect(try world.publish([session(question: "How?")]).map(\.session?.sequence) == [0, 0])
        #expect(
            try world.publish([session(link: "https://meet.example/b", question: "How?")]).map(\.session?.sequence) == [
                1, 1,
            ])
    }

    @Test func `a cancellation says why, and whether another date follows`() async throws {
        let world = try World()
        let decision = Decision(subject: "c/1", kind: .cancel, at: world.now, author: "c", reason: "the head is ill.")
        try world.store.save(decision, title: "Review")
        let kept = try world.store.decisions()
        try world.publish([session()], decisions: kept)
        try await world.send()
        let over = try world.publish([], decisions: kept)
        #expect(over.count == 2)
        for message in over {
            let text = OutgoingMail(message.content).plainText
            #expect(
                text.contains("will not take place. The reason: the head is ill. No other date is planned."), "\(text)")
            let heading = "Cancelled: Review at Oakford Primary</h1>"
            #expect(OutgoingMail(message.content).html.contains(heading))
        }
    }

    @Test func `a cancellation says that another date is looked for`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        let missing = Plan(unscheduled: [Plan.UnscheduledTrack(id: "c/1", reasons: [], remedies: [], isVerified: true)])
        let text = try #require(try world.publish([], plan: missing).first).content
        #expect(OutgoingMail(text).plainText.contains("We are looking for another date and will write to you again."))
    }

    @Test func `an invitation says by when to answer, and a reminder does not`() throws {
        let world = try World()
        var details = session()
        details.answerDays = 7
        let text = OutgoingMail(try #require(try world.publish([details]).first).content).plainText
        #expect(text.contains("Please accept or decline by Wednesday 25 November 2026 with the buttons"), "\(text)")
        // A day before the session at the latest, and not at all where that is past.
        details.id = "c/1/near"
        details.start = world.now + 3 * 86_400
        details.end = details.start + 3600
        let near = OutgoingMail(try #require(try world.publish([session(), details]).first).content).plainText
        #expect(near.contains("decline by Friday 20 November 2026 with"), "\(near)")
    }

    @Test func `everybody is written to where answers go elsewhere from now on, and nobody where that was not kept`()
        async throws
    {
        let world = try World()
        var details = session()
        try world.publish([details])
        try await world.send()
        details.organiser = "reviews@partnership.example"
        #expect(try world.publish([details]).isEmpty)
        details.question = "How?"
        #expect(try world.publish([details]).count == 2)
        try await world.send()
        details.organiser = "office@partnership.example"
        let updates = try world.publish([details])
        #expect(updates.map(\.kind) == [.update, .update])
        #expect(
            OutgoingMail(updates[0].content).plainText.contains("We write to you from office@partnership.example now"))
    }

    @Test func `a mail says when it leaves, and says the same at every attempt`() async throws {
        let world = try World()
        try world.publish([session(["ann"])])
        let written = try #require(try world.store.messages().first?.content)
        world.later(5 * 86_400)
        world.transport.fail("ann@school.example", with: TransportError(.deferred, "later"))
        try await world.send()
        world.later(86_400)
        world.transport.fail("ann@school.example", with: nil)
        try await world.send()
        let sent = try #require(world.transport.sent.first?.message)
        func lines(_ bytes: [UInt8]) -> [Substring] {
            String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        }
        #expect(lines(written).filter { !$0.hasPrefix("Date: ") } == lines(sent).filter { !$0.hasPrefix("Date: ") })
        #expect(
            lines(sent).filter { $0.hasPrefix("Date: ") } == ["Date: Mon, 23 Nov 2026 11:07:40 +0000"],
            "\(lines(sent).prefix(8))")
    }

    @Test func `a session that returns before its cancellation has left is the same, and nobody hears anything`()
        async throws
    {
        let world = try World()
        let first = try world.publish([session()])
        try await world.send()
        #expect(try world.publish([]).map(\.kind) == [.cancellation, .cancellation])
        #expect(try world.publish([session()]).isEmpty)
        #expect(try await world.send().delivered == 0)
        #expect(try world.store.publishedSessions().map(\.uid) == [first[0].session?.uid])
        #expect(try world.publish([session(start: 1_800_086_400)]).map(\.kind) == [.update, .update])
    }

    @Test func `a session that returns after its cancellation has a new UID`() async throws {
        let world = try World()
        let first = try world.publish([session()])
        try await world.send()
        #expect(try world.publish([]).map(\.kind) == [.cancellation, .cancellation])
        try await world.send()
        let third = try world.publish([session()])
        #expect(third.map(\.kind) == [.invitation, .invitation] && third[0].session?.uid != first[0].session?.uid)
    }

    @Test func `what was not delivered is replaced: a late reader gets the newest invitation only`() async throws {
        let world = try World()
        try world.publish([session()])
        let second = try world.publish([session(start: 1_800_086_400)])
        #expect(second.map(\.kind) == [.invitation, .invitation] && second.map(\.session?.sequence) == [1, 1])
        try await world.send()
        #expect(world.transport.sent.count == 2)
    }

    @Test func `who has not seen a session gets no cancellation of it, who has seen it does`() async throws {
        let world = try World()
        world.transport.fail("ben@school.example", with: TransportError(.deferred, status: 452, "refused for now"))
        try world.publish([session()])
        try await world.send()
        #expect(try world.publish([]).map(\.person) == ["ann"])
        world.transport.fail("ben@school.example", with: nil)
        world.later(86_400)
        try await world.send()
        #expect(world.transport.sent.filter { $0.recipient == "ben@school.example" }.isEmpty)
    }

    @Test func `an undo before anything was sent leaves everybody in peace`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        try world.publish([session(start: 1_800_086_400)])
        #expect(try world.publish([session()]).isEmpty)
        try await world.send()
        #expect(world.transport.sent.count == 2)
    }

    @Test func `what changed is told from what each person knew, and who leaves reads the date they know`() async throws
    {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        try world.publish([session(start: 1_800_086_400)])
        let messages = try world.publish([session(["ann"], start: 1_800_172_800, question: "How?")])
        let update = try #require(messages.first { $0.person == "ann" })
        #expect(text(update).contains("moved from Fri 15 January"))
        let cancel = try #require(messages.first { $0.person == "ben" })
        #expect(cancel.subject.contains("Fri 15 Jan 2027") && object(cancel).contains("20270115T"))
    }

    @Test func `a corrected address is told to its owner alone`() async throws {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        var corrected = session()
        corrected.participants[1].address = "benjamin@school.example"
        let messages = try world.publish([corrected])
        #expect(
            Dictionary(uniqueKeysWithValues: messages.map { ($0.recipient, $0.kind) }) == [
                "ben@school.example": .cancellation, "benjamin@school.example": .invitation,
            ])
    }

    @Test func `after a restore everybody is told how things stand, above every SEQUENCE they have seen`() async throws
    {
        let world = try World()
        try world.publish([session()])
        try await world.send()
        let backup = world.folder.path + "/backup"
        try world.store.backup(to: backup, at: world.now)
        try world.publish([session(start: 1_800_086_400), session(id: "c/2/review")])
        try await world.send()
        let restored = try World(restoring: backup, of: world)
        let messages = try restored.publish([session(), session(id: "c/2/review")])
        #expect(messages.count { $0.kind == .update } == 2 && messages.count { $0.kind == .invitation } == 2)
        try await restored.send()
        let expected = [text(session()), text(session())]
        for person in ["ann", "ben"] {
            #expect(calendar(of: "\(person)@school.example", restored) == expected, "nothing stands twice")
        }
        #expect(try restored.publish([session(), session(id: "c/2/review")]).isEmpty)
    }

    @Test(arguments: 1...12)
    func
        `a random season leaves every calendar equal to the plan, whatever was lost on the way, and in whatever order and however often it arrives`(
            seed: UInt64
        ) async throws
    {
        var random = SeededGenerator(seed: seed)
        let world = try World()
        let people = ["ann", "ben", "cid", "dot"]
        var next: [SessionDetails] = []
        for _ in 0..<12 {
            next = (0..<3).compactMap { index in
                randomSession(index, after: next.first { $0.id == "c/\(index)/review" }, people, &random)
            }
            try world.publish(next)
            for person in people {
                let fails = Int.random(in: 0..<4, using: &random) == 0
                world.transport.fail(
                    "\(person)@school.example", with: fails ? TransportError(.deferred, status: 451, "later") : nil)
            }
            try await world.send()
            // A second revision in the same second, or clocks that are put back.
            world.later([0, -60, -3 * 3600].randomElement(using: &random) ?? 0)
        }
        for person in people { world.transport.fail("\(person)@school.example", with: nil) }
        world.later(5 * 86_400)
        try await world.send()
        for person in people {
            let address = "\(person)@school.example"
            let expected = next.filter { $0.participants.contains { $0.person.rawValue == person } }.map(text).sorted()
            let mails = world.transport.sent.filter { $0.recipient == address }.map { OutgoingMail($0.message) }
            #expect(calendar(of: address, world) == expected, "\(person)")
            for _ in 0..<5 {
                var client = ClientCalendar()
                for mail in (mails + mails.shuffled(using: &random).prefix(5)).shuffled(using: &random) {
                    client.receive(mail)
                }
                #expect(client.sessions == expected, "\(person), in another order")
            }
        }
    }

    private func randomSession(
        _ index: Int, after previous: SessionDetails?, _ people: [String], _ random: inout SeededGenerator
    ) -> SessionDetails? {
        if var previous, Bool.random(using: &random) {
            previous.question = "Question \(Int.random(in: 0..<100, using: &random))"
            return previous
        }
        guard Int.random(in: 0..<5, using: &random) > 0 else { return nil }
        return session(
            people.filter { _ in Bool.random(using: &random) }, host: "School \(index)",
            start: 1_800_000_000 + Int.random(in: 0..<3, using: &random) * 86_400,
            shows: Bool.random(using: &random), id: "c/\(index)/review")
    }

    /// What a standards-keeping client holds after all that it was sent, and that no SEQUENCE ever went back.
    private func calendar(of address: String, _ world: World) -> [String] {
        var client = ClientCalendar()
        var sequences: [String: Int] = [:]
        for envelope in world.transport.sent where envelope.recipient == address {
            let mail = OutgoingMail(envelope.message)
            client.receive(mail)
            guard let uid = mail.object?["UID"], let sequence = mail.object?.sequence else { continue }
            #expect(sequence >= sequences.updateValue(sequence, forKey: uid) ?? 0)
        }
        return client.sessions
    }

    /// What a client shows of a session.
    private func text(_ details: SessionDetails) -> String {
        "\(details.title) \(details.start.seconds) \(details.question ?? "")"
    }

    /// The plain text of a mail.
    private func text(_ message: OutboxMessage) -> String {
        String(decoding: message.content, as: UTF8.self).replacing("=\r\n", with: "")
    }

    /// The calendar object of a mail, its lines unfolded.
    private func object(_ message: OutboxMessage) -> String {
        OutgoingMail(message.content).object?.unfolded ?? ""
    }
}
