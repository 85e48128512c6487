import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets people say that something beside a session is done, each at an address with a proof in it: `/done/TOKEN`.
struct DeadlinePages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("done/:token") { _, context in
            try await door.serve {
                guard let page = try door.workspace().deadlinePage(context.token) else { return missing() }
                return html(page)
            }
        }
        router.post("done/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.deadlinePage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please say so on this page itself.", .forbidden)
        }
        switch try await request.form()["do"] {
        case "done": try await workspace.finish(page, isDone: true)
        case "open": try await workspace.finish(page, isDone: false)
        default: return html(page, message: "Nothing was chosen, so nothing was done.", .badRequest)
        }
        door.didChange(.mails)
        return PageResponse.seeOther("\(site.base)/done/\(token)")
    }

    private func html(
        _ page: Workspace.DeadlinePage, message: String? = nil, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        PageResponse.html(
            site.page(
                "done",
                [
                    "title": page.title, "partnership": page.partnership, "when": page.when,
                    "notes": page.note.isEmpty ? [] : [page.note], "isDone": page.isDone,
                ], message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            "There is nothing due here",
            because:
                "The session is called off, or the address is not complete. The newest mail has the right one.",
            limiter)
    }
}

extension CoordinatorPages {
    func addDeadlineRoutes(to router: Router<BasicRequestContext>) {
        router.get("deadlines") { request, _ in
            try await door.page(request, section: "/deadlines") { try await showDeadlines($0, request) }
        }
        router.post("deadlines") { request, _ in
            try await door.action(request, section: "/deadlines") { visit, form in
                guard let item = form["item"]?.split(separator: " ", maxSplits: 1), item.count == 2 else {
                    throw Workspace.Failure("Nothing was chosen, so nothing was done.", exitCode: 64)
                }
                let request = FinishDeadline.Request(
                    session: String(item[0]), deadline: String(item[1]), isDone: form["do"] != "open")
                _ = try await perform(FinishDeadline.self, request, for: visit)
                return PageResponse.seeOther("\(site.base)/deadlines?changed")
            }
        }
    }

    private func showDeadlines(_ visit: PageVisit, _ request: Request) async throws -> Response {
        let items = try await perform(ListDeadlines.self, Nothing(), for: visit)
        let rows = items.prefix(150).map { item -> [String: Any] in
            [
                "title": item.title, "href": address(of: item.session), "when": item.when,
                "people": Wording.list(item.people), "value": "\(item.session) \(item.deadline)",
                "state": item.doneBy.map { "done, by \($0)" } ?? (item.isOverdue ? "overdue" : "open"),
                "isDone": item.doneBy != nil,
            ]
        }
        return html(
            "deadlines", ["title": "Deadlines", "rows": rows, "isEmpty": rows.isEmpty], for: visit,
            message: Self.message(request))
    }
}
