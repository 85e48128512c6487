import CivilTime
import Foundation
import Mail
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Takes one mail, and lets go of the right to write before the next.
    func take(_ bytes: [UInt8]) async throws {
        _ = try await withWriteAccess { try take(bytes, $0) }
    }

    /// Takes one mail.
    func take(_ bytes: [UInt8], _ access: WriteAccess) throws -> IncomingMail {
        let mail = received(bytes)
        let now = now()
        let reader = try reader(of: mail)
        let webhooks = try webhookComposer
        let incoming = IncomingMail(at: now, sender: mail.sender, subject: mail.subject, state: .waiting, reason: "")
        return try access.store.take(incoming, digest: mail.digest, content: bytes) { known in
            try reader.decide(known)
        } announcing: {
            webhooks.announcement(of: $0)
        }
    }

    /// A mail, with what the config says of the mailbox.
    func received(_ bytes: [UInt8]) -> ReceivedMail {
        ReceivedMail(
            bytes,
            in: ReceivedMail.Mailbox(
                authenticatedBy: configuration.answers.authenticatedBy, returnPath: returnPath))
    }

    /// Who decides about a mail now.
    ///
    /// Where mails are held until somebody approves of them, nobody is answered by itself: it would come too late.
    func reader(of mail: ReceivedMail) throws -> AnswerReader {
        AnswerReader(
            mail, writer: needsApproval ? nil : try answerWriter, domain: try organiser.domain, at: now())
    }

    var answerWriter: AnswerWriter {
        get throws { AnswerWriter(composer: try messageComposer, makeID: Self.makeID) }
    }

    // MARK: What waits for a person

    /// What somebody can agree to in a mail that waits.
    ///
    /// - Throws: `Failure` where it does not wait, or there is nothing to agree to.
    private func claim(_ number: Int) throws -> (IncomingDecision.Claim, ReceivedMail) {
        guard let content = try store.incomingContent(number) else {
            throw Failure("No mail \(number) waits; muster replies lists those that do.", exitCode: 65)
        }
        let mail = received(content)
        let reader = try reader(of: mail)
        guard let claim = try store.considering({ try reader.decide($0) }).claim else {
            throw Failure(
                "The mail \(number) has to be read (muster replies show \(number)): nothing in it can be agreed to in one step. muster answer keeps what it says, muster replies done \(number) takes it from the list.",
                exitCode: 65)
        }
        return (claim, mail)
    }

    /// Whether a mail that waits is the answer of somebody at their own address, and all that speaks against it is that
    /// it may not be from there: then a yes is enough to keep it.
    func isDoubtfulAnswer(_ number: Int) -> Bool {
        guard case (.answer(let answer), let mail)? = try? claim(number) else { return false }
        return programme.person(answer.person)?.address.lowercased() == mail.sender
    }

    /// What follows from a mail once somebody has agreed to it: a sentence for them, and what is to be kept.
    private typealias Agreement = (
        sentence: String, decide: @Sendable (AnswerContext) throws -> IncomingDecision?
    )

    /// Agrees to what a mail says that waits: an answer, another time, or a substitute.
    ///
    /// - Parameter person: whose answer it is, where it does not say so.
    /// - Returns: what was done, as a sentence.
    func accept(mail number: Int, person: PersonID?) async throws -> String {
        let (claim, mail) = try claim(number)
        let agreement =
            switch claim {
            case .answer(let answer): try agreement(to: answer, of: person ?? answer.person, mail: number)
            case .time(let session, let start, let person): try agreement(to: start, for: session, by: person)
            case .substitute(let session, let gone, let address):
                try agreement(to: address, insteadOf: gone, at: session)
            }
        try await settle(number, title: "The mail \(number) from \(mail.sender) was agreed to", agreement.decide)
        return agreement.sentence
    }

    private func agreement(to answer: Answer, of person: PersonID, mail number: Int) throws -> Agreement {
        var kept = answer
        (kept.person, kept.evidence, kept.way, kept.at) = (person, .strong, actor, now())
        let (answer, now) = (kept, kept.at)
        guard let name = programme.person(person)?.name else {
            throw Failure(
                "Whose answer it is cannot be told from it; name them: muster replies accept \(number) --person ID.",
                exitCode: 64)
        }
        return (
            "\(name) \(answer.status.verb()) to \(answer.session)",
            { known in
                guard let session = try known.session(uid: answer.uid), session.details.start > now,
                    session.details.participants.contains(where: { $0.person == person })
                else {
                    throw Failure(
                        "\(name) is not asked to that session, or it has begun; nothing was kept.", exitCode: 65)
                }
                return IncomingDecision(
                    .applied, about: answer.session, because: "", answers: [answer],
                    events: [.answered(answer, session.details.title)])
            }
        )
    }

    private func agreement(to start: Instant, for session: SessionID, by person: PersonID) throws -> Agreement {
        let name = programme.name(of: person)
        guard let zone = programme.school(programme.track(session.track)?.school ?? "")?.zone else {
            throw Failure("There is no session \(session) any more.", exitCode: 65)
        }
        let local = zone.local(start)
        let (decision, _) = try decision(
            moving: session, to: "\(local.date)T\(local.time)", because: "proposed by \(name)")
        return (
            "\(session) is to be at \(hostTime(start, of: session))",
            { _ in
                var kept = IncomingDecision(.applied, about: session, because: "")
                kept.decisions = [(decision, "\(session) is to be when \(name) proposed")]
                return kept
            }
        )
    }

    private func agreement(
        to address: String, insteadOf gone: PersonID, at session: SessionID
    ) throws -> Agreement {
        let decisions = try substitute(address, for: gone, at: session)
        return (
            "\(address) is to come in the place of \(programme.name(of: gone))",
            { _ in
                var kept = IncomingDecision(.applied, about: session, because: "")
                kept.decisions = decisions.map { ($0, "\($0.subject) has another team") }
                return kept
            }
        )
    }

    /// Says no to what a mail proposes; whoever proposed another time is told (RFC 5546 §3.2.8).
    ///
    /// - Returns: whether somebody is told.
    func refuse(mail number: Int, because reason: String) async throws -> Bool {
        guard case .time(let id, _, by: let person) = try claim(number).0 else {
            try await settle(number, title: "The mail \(number) was refused") { _ in nil }
            return false
        }
        let published = try store.publishedSessions().first { $0.details.id == id }
        guard let session = published,
            let recipient = session.details.participants.first(where: { $0.person == person }),
            let message = try answerWriter.declinedCounter(session, to: recipient, because: reason, at: now())
        else { throw Failure("There is no session \(id) any more.", exitCode: 65) }
        try await settle(number, title: "Another time for \(id) was refused") { _ in
            var decision = IncomingDecision(.applied, about: id, because: "")
            decision.messages = [message]
            return decision
        }
        return true
    }

    private func settle(
        _ number: Int, title: String, _ decide: @escaping @Sendable (AnswerContext) throws -> IncomingDecision?
    ) async throws {
        let event = Event.done(.mailSettled, title, by: actor, at: now())
        let webhooks = try webhookComposer
        let isSettled = try await withWriteAccess {
            try $0.store.settleIncoming(number, recording: event, deciding: decide) { webhooks.announcement(of: $0) }
        }
        guard isSettled else {
            throw Failure("Somebody has dealt with the mail \(number) meanwhile.", exitCode: 65)
        }
    }

    /// Puts somebody in the place of another in a run's sessions to come, on their dates.
    private func substitute(_ address: String, for gone: PersonID, at session: SessionID) throws -> [Decision] {
        guard let other = programme.people.first(where: { $0.address.lowercased() == address.lowercased() }) else {
            throw Failure(
                "\(address) is nobody of people.csv; write them there first, with the role that is to be filled.",
                exitCode: 65)
        }
        let planned = try store.latestRevision()?.plan.tracksByID[session.track]
        guard let planned, let track = programme.track(planned.id) else {
            throw Failure("There is no session \(session) any more.", exitCode: 65)
        }
        let name = programme.name(of: gone)
        let decisions = planned.sessions.filter { $0.start > now() }.compactMap { session -> Decision? in
            let team = planned.team(at: track.stages.first { $0.id == session.stage })
            guard team.values.contains(where: { $0.contains(gone) }) else { return nil }
            let changed = team.mapValues { $0.map { $0 == gone ? other.id : $0 } }
            return Decision(
                subject: track.id.session(session.stage).rawValue, kind: .pin(start: session.start, team: changed),
                at: now(),
                author: actor, reason: "\(other.name) comes in the place of \(name)")
        }
        guard !decisions.isEmpty else {
            throw Failure(
                "\(name) has no seat in a team there: who speaks for a school stands under \"hosts\" in the cycle.",
                exitCode: 65)
        }
        return decisions
    }

    /// Takes what lies in the folder for answers and in the mailbox now.
    ///
    /// - Returns: how many mails there were.
    func fetchAnswers() async throws -> Int {
        var count = try await takeAnswers()
        guard mailboxID != nil else { return count }
        let mailbox = try await openMailbox()
        do {
            count += try await readMailbox(mailbox)
        } catch {
            await mailbox.close()
            throw error
        }
        await mailbox.close()
        return count
    }

    /// Takes every mail that lies in the folder for answers; each is moved away once what follows from it is kept.
    ///
    /// - Returns: how many there were.
    func takeAnswers() async throws -> Int {
        let folder = Self.path(configuration.answers.maildir, from: stateDirectory)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/new"))?.sorted() ?? []
        guard !names.isEmpty else { return 0 }
        try FileManager.default.createDirectory(atPath: folder + "/cur", withIntermediateDirectories: true)
        for name in names where !name.hasPrefix(".") {
            guard let file = FileHandle(forReadingAtPath: "\(folder)/new/\(name)"),
                let content = try? file.read(upToCount: TakeMail.mostBytes) ?? Data()
            else { continue }
            try? file.close()
            try await take([UInt8](content))
            try? FileManager.default.moveItem(atPath: "\(folder)/new/\(name)", toPath: "\(folder)/cur/\(name):2,S")
        }
        return names.count
    }
}
