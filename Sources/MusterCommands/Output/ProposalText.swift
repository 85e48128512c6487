import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterPlanner
import MusterStore

/// A proposal for a terminal: how it was found, the season, what would change, and who would be told.
struct ProposalText {
    let workspace: Workspace
    let proposal: Proposal

    func head() -> [String] {
        let programme = workspace.programme
        let remarks = workspace.calendarRemarks(proposal.copies)
        let invitees = programme.people.filter { $0.roles.isEmpty }.count
        var counts = [
            Wording.count(programme.partnerships.count, "partnership"),
            Wording.count(programme.schools.count, "school"),
            Wording.count(programme.people.count - invitees, "person"),
        ]
        if invitees > 0 { counts.append("\(Wording.grouped(invitees)) invited besides") }
        let calendars = Wording.count(programme.calendars.count, "calendar")
        counts.append(remarks.isEmpty ? calendars : "\(calendars) (\(remarks.count) to look after: see below)")
        return [counts.joined(separator: " · ")] + planned()
    }

    private func planned() -> [String] {
        let counts = proposal.plan.summary(of: workspace.programme)
        guard let search = proposal.search else { return [counts] }
        let tenths = Int((search.seconds * 10).rounded())
        let tried =
            search.outcome.rounds == 0
            ? "kept as published" : "best of \(Wording.grouped(search.outcome.rounds)) improvements"
        return [
            "Planned in \(tenths / 10).\(tenths % 10) s: \(counts), no rule broken · seed \(search.seed) · \(tried)"
        ]
    }

    func season() -> [String] {
        SeasonText(season: Season(programme: workspace.programme, plan: proposal.plan)).lines()
    }

    func calendars() -> [String] {
        let remarks = workspace.calendarRemarks(proposal.copies)
        return remarks.isEmpty ? [] : ["", "Calendars"] + remarks.flatMap { hang($0) }
    }

    func notes() -> [String] {
        proposal.notes.isEmpty
            ? [] : ["", "Fixed against a rule"] + proposal.notes.flatMap { Layout.wrap($0, indent: 2, hanging: 2) }
    }

    /// What would change for people, with the number of mails by reason.
    func changes() -> [String] {
        guard !proposal.changes.isEmpty else { return ["", "Nothing changed, no mail."] }
        let sessions = proposal.changes.changes
        var lines = ["", "Changes\(proposal.basis.map { " since revision \($0.number)" } ?? "")"]
        if proposal.basis == nil {
            lines.append("  all \(Wording.count(sessions.count, "session")) are new")
        } else {
            lines += sessions.prefix(40).map { "  " + describe($0) }
            if sessions.count > 40 { lines.append("  … and \(sessions.count - 40) more (--json lists them all)") }
        }
        return lines + [mails()]
    }

    func mails() -> String {
        let reasons = proposal.changes.mailsByReason
        let total = reasons.values.reduce(0, +)
        let parts = ChangeSet.Reason.allCases.compactMap { reason in
            reasons[reason].map { "\(Wording.grouped($0)) \(word(reason))" }
        }
        let nobody = proposal.undisturbed
        let quiet = nobody == 0 ? "" : "; \(Wording.count(nobody, "person")) hear\(nobody == 1 ? "s" : "") nothing"
        let detail = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return
            "Mails: \(Wording.grouped(total)) to \(Wording.count(proposal.changes.recipients.count, "person"))\(detail)\(quiet)"
    }

    private func describe(_ change: ChangeSet.SessionChange) -> String {
        switch (change.before, change.after) {
        case (nil, let after?): "new        \(after.title), \(when(after))"
        case (let before?, nil): "cancelled  \(before.details.title), \(when(before.details))"
        case (let before?, let after?):
            before.details.start != after.start
                ? "moved      \(after.title): \(when(before.details)) → \(when(after))"
                    + change.sentences.dropFirst().map { " " + $0 }.joined()
                : "changed    \(after.title), \(when(after)): \(change.sentences.joined(separator: " "))"
        case (nil, nil): change.id
        }
    }

    private func when(_ details: SessionDetails) -> String {
        Wording.span(details.start, details.end, in: TimeZoneDatabase.system[details.zone] ?? .utc)
    }

    private func word(_ reason: ChangeSet.Reason) -> String {
        switch reason {
        case .new: "new"
        case .moved: "moved"
        case .joined: "joining"
        case .left: "no longer needed"
        case .readdressed: "told at the old address that we write to a new one"
        case .substituted: "told who comes instead"
        case .changed: "changed"
        case .cancelled: "cancelled"
        }
    }

    private func hang(_ remark: String) -> [String] { Layout.wrap(remark, indent: 2, hanging: 9) }
}
