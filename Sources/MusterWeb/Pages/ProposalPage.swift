import Hummingbird
import MusterModel
import MusterOperations

extension CoordinatorPages {
    func showProposal(_ number: Int, _ visit: PageVisit, after request: Request) async throws -> Response {
        let shown = try await perform(ShowProposal.self, ShowProposal.Request(number: number), for: visit)
        let view = shown.view
        return html(
            "proposal",
            [
                "title": "Proposal \(number)", "lead": shown.change.title,
                "causes": view.reasons, "changes": view.changes.map(row),
                "effect": view.effect, "notes": view.notes, "hasAlternatives": !view.alternatives.isEmpty,
                "alternatives": view.alternatives.joined(separator: "\n"), "decides": shown.decides,
                "hasSeats": !shown.seats.isEmpty, "seats": shown.seats.map(\.line),
                "asks": shown.seats.contains { $0.state == .notAsked },
            ], for: visit, message: Self.message(request))
    }

    func decide(_ number: Int, by form: FormFields, for visit: PageVisit) async throws -> Response {
        switch form["do"] {
        case "approve":
            _ = try await perform(ApproveProposal.self, ApproveProposal.Request(number: number), for: visit)
            return PageResponse.seeOther("\(site.base)/?approved")
        case "ask":
            _ = try await perform(AskStandIns.self, ApproveProposal.Request(number: number), for: visit)
            return PageResponse.seeOther("\(site.base)/proposals/\(number)?stand-ins")
        case "reject":
            let reason = form.text("reason", longest: 200)
            _ = try await perform(
                RejectProposal.self, RejectProposal.Request(number: number, reason: reason), for: visit)
            return PageResponse.seeOther("\(site.base)/?rejected")
        default: throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
        }
    }

    private func row(_ change: PlanReport.Change) -> [String: Any] {
        [
            "title": change.after?.title ?? change.before?.title ?? change.session,
            "before": change.before?.when ?? "–",
            "after": change.after?.when ?? "called off", "sentences": change.sentences,
            "told": Wording.list(change.reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }),
        ]
    }

    /// A change in a line.
    static func line(_ change: PlanReport.Change) -> String {
        guard let after = change.after else {
            return "\(change.before?.title ?? change.session.rawValue) does not take place"
        }
        let what =
            change.before == nil
            ? "new, \(after.when)" : change.sentences.isEmpty ? after.when : change.sentences.joined(separator: " ")
        return "\(after.title): \(what)"
    }
}
