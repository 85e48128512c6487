import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets people say how a session was, each at an address with a proof in it: `/feedback/TOKEN`.
struct FeedbackPages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("feedback/:token") { request, context in
            try await door.serve { try show(request, context.token) }
        }
        router.post("feedback/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
    }

    private func show(_ request: Request, _ token: String) throws -> Response {
        guard let page = try door.workspace().feedbackPage(token) else { return missing() }
        door.note(request, opening: page.person)
        return html(
            page, message: request.uri.query == "done" ? "Thank you: your answers are kept, without your name." : nil)
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.feedbackPage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please answer on this page itself.", .forbidden)
        }
        guard !door.isProgram(request, opening: page.person) else {
            return html(page, message: PageResponse.tooSoon, .conflict)
        }
        let form = try await request.form()
        let scores = page.form.questions.enumerated().compactMap { number, question in
            form["score\(number)"].flatMap { Int($0) }.map { (question.id, $0) }
        }
        let outcome = try workspace.giveFeedback(
            page, scores: Dictionary(scores) { first, _ in first }, comment: form.text("comment", longest: 2000),
            mayBeQuoted: form["quote"] == "yes")
        switch outcome {
        case .kept: return PageResponse.seeOther("\(site.base)/feedback/\(token)?done")
        case .empty: return html(page, message: "Nothing was sent yet: please answer something.", .badRequest)
        case .tooSoon: return html(page, message: PageResponse.tooSoon, .conflict)
        case .repeated, .closed: return html(page, message: nil, .conflict)
        }
    }

    private func html(
        _ page: Workspace.FeedbackPage, message: String?, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let details = page.session
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let closes = Wording.longDay(zone.local(page.closes).date)
        var context: [String: Any] = [
            "title": "How was it? \(details.title)", "partnership": details.partnership,
            "when": Wording.span(details.start, details.end, in: zone), "closes": closes,
            "sentence": page.isAnswered
                ? "You have answered. Nobody knows which answers are yours, so they cannot be changed."
                : "Answers are taken no more.",
        ]
        if !page.isAnswered, page.isOpen {
            context["open"] = [
                "closes": closes,
                "questions": page.form.questions.enumerated().map { number, question -> [String: Any] in
                    [
                        "text": question.text,
                        "scores": (1...FeedbackForm.most).map { ["name": "score\(number)", "score": "\($0)"] },
                    ]
                },
            ]
        }
        return PageResponse.html(site.page("feedback", context, message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            because:
                "The session is not kept any more, or the address is not complete. The mail has the right one.",
            limiter)
    }
}

extension CoordinatorPages {
    func addFeedbackRoutes(to router: Router<BasicRequestContext>) {
        router.get("feedback") { request, _ in
            try await door.page(request, section: "/feedback") { try await showFeedback($0) }
        }
    }

    private func showFeedback(_ visit: PageVisit) async throws -> Response {
        let summaries = try await perform(ShowFeedback.self, Nothing(), for: visit)
        let tables = summaries.flatMap { summary -> [[String: Any]] in
            let title = "\(summary.cycle), \(summary.result.stage): \(summary.sentence)"
            let lines = ListTable(
                title: title, columns: ["Question", "Of 5, on average", "Answers"],
                rows: summary.result.lines.map { line in
                    [ListTable.Cell(line.question), ListTable.Cell(line.mean), ListTable.Cell("\(line.count)")]
                })
            let comments = ListTable(
                title: "What was written", columns: ["Comment", "May be quoted"],
                rows: summary.result.comments.map {
                    [ListTable.Cell($0.text), ListTable.Cell($0.mayBeQuoted ? "yes" : "no")]
                })
            return [lines.context] + (summary.result.comments.isEmpty ? [] : [comments.context])
        }
        return html(
            "list",
            [
                "title": "Feedback",
                "lead":
                    "What those who came thought of it. It is confidential: comments go no further unless they may be quoted, and are forgotten \(FeedbackForm.commentDays) days after the form has closed.",
                "tables": tables,
            ], for: visit)
    }
}
