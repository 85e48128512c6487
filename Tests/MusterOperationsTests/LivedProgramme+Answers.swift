import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

/// What people say, and which mails come back.
extension LivedProgramme {
    /// Some accept, and now and then somebody of a team declines; who has declined and was replaced never comes back.
    func answer(in workspace: Workspace) async throws {
        let toCome = try workspace.store.publishedSessions().map(\.details).filter { $0.start > clock.now }
        for (decline, isGone) in declines {
            let isThere = toCome.contains { session in
                session.id.track == decline.track
                    && session.participants.contains { $0.person == decline.person && $0.role != Duty.host }
            }
            if isThere, isGone { returns.append("\(decline)") }
            declines[decline] = isGone || !isThere
        }
        for session in toCome.shuffled(using: &random).prefix(2) {
            guard let person = session.participants.randomElement(using: &random) else { continue }
            let says: Answer.Status = Int.random(in: 0..<3, using: &random) == 0 ? .declined : .accepted
            try await say(says, session, person, in: workspace)
            let decline = Decline(track: session.id.track, person: person.person)
            if says == .declined, person.role != Duty.host {
                declines[decline] = false
            } else {
                declines[decline] = nil
            }
        }
    }

    /// Now and then a mail about a session comes back from one of the team.
    func bounce(in workspace: Workspace) async throws {
        let toCome = try workspace.store.publishedSessions().filter { $0.details.start > clock.now }
        for (key, address) in unreached {
            let run = toCome.filter { $0.details.id.track == key.track }
            let isThere = run.contains { $0.details.participants.contains { $0.address == address } }
            guard isThere else {
                // A run that is over says nothing of who would have come.
                if !run.isEmpty { replaced += 1 }
                unreached[key] = nil
                continue
            }
        }
        let answers = try workspace.store.answers()
        guard Int.random(in: 0..<3, using: &random) == 0, let session = toCome.randomElement(using: &random),
            let person = session.details.participants.filter({ $0.role != Duty.host }).randomElement(using: &random),
            answers[session.uid]?.contains(where: { $0.person == person.person }) != true,
            let sent = try workspace.store.messages([.delivered], limit: .max).last(where: {
                $0.session?.uid == session.uid && $0.person == person.person && $0.details != nil
            })
        else { return }
        let request = TakeMail.Request(content: ReturnedMail.data(of: sent.messageID, for: sent.recipient))
        let taken = try await TakeMail.run(request, in: workspace) { _ in }
        #expect(taken.state == .applied, "\(taken)")
        unreached[Decline(track: session.details.id.track, person: person.person)] = sent.recipient
        everUnreached.insert(person.person)
        bounced += 1
    }

    /// Says it by mail, perhaps twice and after something else, or by telephone.
    private func say(
        _ status: Answer.Status, _ session: SessionDetails, _ person: SessionDetails.Participant,
        in workspace: Workspace
    ) async throws {
        guard Bool.random(using: &random), let uid = try uid(of: session, in: workspace) else {
            let request = RecordAnswer.Request(
                session: session.id.rawValue, person: person.person.rawValue, status: status, comment: "")
            _ = try await RecordAnswer.run(request, in: workspace) { _ in }
            return
        }
        func mail(_ method: String, _ status: String, _ extra: String = "") -> Data {
            mails += 1
            let lines = [
                "From: \(person.name) <\(person.address)>", "Message-ID: <\(mails)@client.example>",
                "Content-Type: text/calendar; method=\(method)", "", "BEGIN:VCALENDAR", "METHOD:\(method)",
                "BEGIN:VEVENT", "UID:\(uid)", "SEQUENCE:99", "DTSTAMP:\(stamp(mails))",
                "ATTENDEE;PARTSTAT=\(status):mailto:\(person.address)\(extra)", "END:VEVENT", "END:VCALENDAR", "",
            ]
            return Data(lines.joined(separator: "\r\n").utf8)
        }
        func take(_ mail: Data) async throws -> IncomingMail {
            try await TakeMail.run(TakeMail.Request(content: mail), in: workspace) { _ in }
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let counter = try await take(
                mail("COUNTER", "TENTATIVE", "\r\nDTSTART:20991231T100000Z\r\nDTEND:20991231T110000Z"))
            let request = RefuseIncomingMail.Request(number: counter.number, reason: "it has to stay")
            _ = try await RefuseIncomingMail.run(request, in: workspace) { _ in }
        case 1:
            _ = try await take(mail("REFRESH", "NEEDS-ACTION"))
        case 2:
            _ = try await take(mail("REPLY", "DELEGATED;DELEGATED-TO=\"mailto:x@other.example\""))
        default: break
        }
        let answer = mail("REPLY", status.rawValue.uppercased())
        let taken = try await take(answer)
        #expect(taken.state == .applied, "\(taken)")
        if Bool.random(using: &random) {
            #expect(try await take(answer) == taken)
        }
    }

    private func uid(of session: SessionDetails, in workspace: Workspace) throws -> String? {
        try workspace.store.publishedSessions().first { $0.details.id == session.id }?.uid
    }

    /// A moment after all that were said before.
    private func stamp(_ number: Int) -> String {
        "\(clock.now + number)".filter { $0 != "-" && $0 != ":" }
    }
}
