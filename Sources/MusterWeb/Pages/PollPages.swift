import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets people answer in polls, each at an address with a proof in it: `/poll/TOKEN`.
///
/// Reading changes nothing, and an answer needs a choice that nobody has made for them. No address is logged.
struct PollPages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("poll/:token") { request, context in
            try await door.serve { try show(request, context.token) }
        }
        router.post("poll/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
    }

    private func show(_ request: Request, _ token: String) throws -> Response {
        guard let page = try door.workspace().pollPage(token) else { return missing() }
        door.note(request, opening: page.person.id)
        let chosen = page.poll.choices.filter { page.chosen.contains($0.id) }.map { "“\($0.text)”" }
        let said = chosen.isEmpty ? nil : "You have chosen \(Wording.list(chosen))."
        return html(page, message: said.map { request.uri.query == "done" ? "Thank you. \($0)" : $0 })
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.pollPage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please answer on this page itself.", .forbidden)
        }
        guard !door.isProgram(request, opening: page.person.id) else {
            return html(page, message: PageResponse.tooSoon, .conflict)
        }
        let form = try await request.form()
        let chosen = [form["choice"]] + page.poll.choices.indices.map { form["choice\($0)"] }
        switch try workspace.answer(page, choosing: chosen.compactMap(\.self)) {
        case .kept: return PageResponse.seeOther("\(site.base)/poll/\(token)?done")
        case .invalid:
            let how = page.poll.mostChoices == 1 ? "one of them" : "between one and \(page.poll.mostChoices) of them"
            return html(page, message: "Nothing was sent yet: please choose \(how).", .badRequest)
        case .tooSoon:
            return html(page, message: PageResponse.tooSoon, .conflict)
        case .closed: return html(page, message: nil, .conflict)
        }
    }

    private func html(
        _ page: Workspace.PollPage, message: String?, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let poll = page.poll
        let isSingle = poll.mostChoices == 1
        let last = Wording.longDay(poll.dates.upperBound)
        var context: [String: Any] = [
            "title": poll.title, "question": poll.question,
            "closed": page.isToCome
                ? "Answers are taken from \(Wording.longDay(poll.dates.lowerBound)) on."
                : "The poll closed on \(last). Thank you to everybody who answered.",
        ]
        if let partnership = poll.partnership.flatMap(door.workspace().programme.partnership) {
            context["partnership"] = partnership.name
        }
        if !poll.note.isEmpty { context["note"] = poll.note }
        if page.isOpen {
            context["open"] = [
                "last": last,
                "choices": poll.choices.enumerated().map { number, choice -> [String: Any] in
                    [
                        "kind": isSingle ? "radio" : "checkbox", "name": isSingle ? "choice" : "choice\(number)",
                        "id": choice.id, "text": choice.text, "isRequired": isSingle && number == 0,
                    ]
                },
            ]
            if !isSingle { context["most"] = "\(poll.mostChoices)" }
        }
        return PageResponse.html(site.page("poll", context, message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            because:
                "You are not asked any more, or the address is not complete. Your newest mail about it has the right one.",
            limiter)
    }
}
