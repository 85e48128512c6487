import CivilTime
import MusterModel
import MusterOperations
import MusterStore

/// How a programme is doing, for a terminal and for scripts.
struct StatusText {
    let report: StatusReport

    var counts: [String: Int] {
        var counts = [
            "revision": report.published?.revision ?? 0, "sessions": report.sessions.toCome + report.sessions.begun,
            "decisions": report.decisions.count, "writable": report.trouble == nil ? 1 : 0,
        ]
        for (state, count) in report.outbox { counts["outbox.\(state.rawValue)"] = count }
        for (freshness, count) in report.calendars.counts { counts["calendars.\(freshness.rawValue)"] = count }
        return counts
    }

    func lines() -> [String] {
        (report.trouble.map { ["state      \($0)"] } ?? []) + report.missingSecrets.map { "secret     \($0)" } + plan
            + answers + mails + calendars + report.decisions
            + (report.lastBackup.map { ["backup     \(Wording.age(report.at - $0)) ago"] } ?? [])
    }

    private var plan: [String] {
        guard let published = report.published else {
            return ["plan       nothing is published yet; muster plan shows what would be"]
        }
        let note = published.note.isEmpty ? "" : " · \(published.note)"
        return [
            "plan       revision \(published.revision) of \(published.at.inWords) · \(published.summary)\(note)"
        ]
            + (report.proposal.map {
                [
                    "proposal   \($0.number) waits for your yes: \($0.title) (muster proposals show)"
                ]
            } ?? []) + (report.sessions.next.map { ["next       \($0)"] } ?? [])
            + published.missing.map { "missing    \($0.label): \($0.reason)" }
    }

    private var answers: [String] {
        let said = report.answers.filter { $0.key != "none" }
        let words = ["accepted", "declined", "tentative", "none"].compactMap { status in
            report.answers[status].map { "\(Wording.grouped($0)) \(status == "none" ? "not yet" : status)" }
        }
        let waiting = report.waitingMails
        let last: [String] =
            (report.lastIncoming.map { ["  heard    the last mail \(Wording.age(report.at - $0)) ago"] } ?? [])
            + (report.roundTrip.map { ["  proved   a test was answered \(Wording.age(report.at - $0)) ago"] } ?? [])
        let failure: [String] =
            report.mailbox?.failure.map { reason in
                let since = report.mailbox?.failingSince.map { " for \(Wording.age(report.at - $0))" } ?? ""
                return ["  mailbox  cannot be read\(since): \(reason)"]
            } ?? []
        return (said.isEmpty ? [] : ["answers    \(words.joined(separator: " · "))"]) + last + failure
            + (waiting == 0
                ? [] : ["  waiting  \(Wording.count(waiting, "mail")) for somebody to read (muster replies)"])
    }

    private var mails: [String] {
        let outbox = report.outbox
        let states = OutboxMessage.State.allCases.compactMap { state in
            outbox[state].map { "\(Wording.grouped($0)) \(state.rawValue)" }
        }
        var lines = (report.deadEnd.map { ["mail       \($0)"] } ?? [])
        lines += ["outbox     \(states.isEmpty ? "empty" : states.joined(separator: " · "))"]
        if let held = outbox[.held], held > 0 {
            lines.append(
                "  held     \(Wording.count(held, "message")) wait for somebody: muster apply, or muster outbox release"
            )
        }
        if let next = report.nextReminder { lines.append("reminders  the next \(next.inWords)") }
        if let oldest = report.oldestStuck {
            lines.append(
                "  stuck    \(Wording.count(report.stuck, "mail")), the oldest since \(Wording.age(report.at - oldest.created)): \(oldest.lastError ?? "")"
            )
        }
        lines += report.destinations.filter { $0.givenUp != nil || $0.failingSince != nil }.map(failure)
        lines += report.dead.map { "  dead     \($0.number) \($0.subject) (\($0.addressee)): \($0.lastError ?? "")" }
        if !report.dead.isEmpty {
            lines.append(
                "           correct the address in people.csv, or muster outbox retry N once the server lets us")
        }
        return lines
    }

    /// What keeps a destination from being reached, since when, and what to do.
    private func failure(_ destination: Destination) -> String {
        let since = destination.failingSince.map { " for \(Wording.age(report.at - $0))" } ?? ""
        let next =
            if destination.givenUp != nil {
                "given up; muster webhook test \(destination.name)"
            } else if let retry = destination.retryAt {
                "tried again \(retry.inWords)"
            } else {
                "tried again soon"
            }
        return "  failing  \(destination.name)\(since), \(next): \(destination.lastError ?? "")"
    }

    private var calendars: [String] {
        ["calendars  \(report.calendars.fresh) of \(report.calendars.total) fresh"]
            + report.calendars.remarks.map { "  \($0)" }
    }
}
