import MusterModel
import MusterOperations

/// A proposal for a terminal: how it was found, what would change, who would be told, and what does not fit.
struct PlanText {
    let report: PlanReport
    /// Whether the whole season is shown; before anything is published it is shown as far as there is room.
    var showsSeason = false
    /// Whether it is said what the published and the proposed plan cost, term by term.
    var comparesCosts = false

    /// All of it.
    var lines: [String] {
        head() + season() + calendars() + notes() + (comparesCosts ? ScoreText(report: report).lines() : []) + changes()
    }

    private func head() -> [String] {
        var counts = [
            Wording.count(report.counts.partnerships, "partnership"), Wording.count(report.counts.schools, "school"),
            Wording.count(report.counts.people, "person"),
        ]
        if report.counts.invitees > 0 { counts.append("\(Wording.grouped(report.counts.invitees)) invited besides") }
        let calendars = Wording.count(report.counts.calendars, "calendar")
        let remarks = report.calendarRemarks.count
        counts.append(remarks == 0 ? calendars : "\(calendars) (\(remarks) to look after: see below)")
        return [counts.joined(separator: " · "), planned]
    }

    private var planned: String {
        guard let search = report.search else { return report.summary }
        let tenths = Int((search.seconds * 10).rounded())
        let tried =
            search.rounds == 0 ? "kept as published" : "best of \(Wording.grouped(search.rounds)) improvements"
        return
            "Planned in \(tenths / 10).\(tenths % 10) s: \(report.summary), no rule broken · seed \(search.seed) · \(tried)"
    }

    private func season() -> [String] {
        let text = SeasonText(season: report.season)
        let most = showsSeason ? Int.max : report.basis == nil ? 40 : 0
        return text.dates(atMost: most) + text.unscheduled()
    }

    private func calendars() -> [String] {
        report.calendarRemarks.isEmpty
            ? [] : ["", "Calendars"] + report.calendarRemarks.flatMap { Layout.wrap($0, indent: 2, hanging: 9) }
    }

    private func notes() -> [String] {
        report.notes.isEmpty
            ? [] : ["", "To know"] + report.notes.flatMap { Layout.wrap($0, indent: 2, hanging: 2) }
    }

    /// What would change for people, with the number of mails by reason.
    private func changes() -> [String] {
        let changes = report.changes
        guard !changes.isEmpty else { return ["", "Nothing changed, no mail."] }
        var lines = ["", "Changes\(report.basis.map { " since revision \($0)" } ?? "")"]
        if report.basis == nil {
            lines.append("  all \(Wording.count(changes.count, "session")) are new")
        } else {
            lines += changes.prefix(40).map { "  " + Self.describe($0) }
            if changes.count > 40 { lines.append("  … and \(changes.count - 40) more (--json lists them all)") }
        }
        return lines + [mails()]
    }

    private func mails() -> String {
        let total = report.mailsByReason.values.reduce(0, +)
        let parts = ChangeSet.Reason.allCases.compactMap { reason in
            report.mailsByReason[reason].map { "\(Wording.grouped($0)) \(word(reason))" }
        }
        let nobody = report.undisturbed
        let quiet = nobody == 0 ? "" : "; \(Wording.count(nobody, "person")) hear\(nobody == 1 ? "s" : "") nothing"
        let detail = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return "Mails: \(Wording.grouped(total)) to \(Wording.count(report.recipients, "person"))\(detail)\(quiet)"
    }

    /// What becomes of one session.
    static func describe(_ change: PlanReport.Change) -> String {
        switch (change.before, change.after) {
        case (nil, let after?): "new        \(after.title), \(after.when)"
        case (let before?, nil): "cancelled  \(before.title), \(before.when)"
        case (let before?, let after?):
            change.isMoved
                ? "moved      \(after.title): \(before.when) → \(after.when)"
                    + change.sentences.dropFirst().map { " " + $0 }.joined()
                : "changed    \(after.title), \(after.when): \(change.sentences.joined(separator: " "))"
        case (nil, nil): change.session.rawValue
        }
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
        case .returned: "after all"
        }
    }
}
