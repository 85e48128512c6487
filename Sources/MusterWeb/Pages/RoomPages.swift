import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets people into the rooms of sessions, each at an address with a proof in it, or at that of the session: `/room/TOKEN`.
struct RoomPages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("room/:token") { _, context in
            try await door.serve {
                guard let page = try door.workspace().roomPage(context.token) else { return missing() }
                return html(page)
            }
        }
        router.post("room/:token") { request, context in
            try await door.serve { try await enter(request, context.token) }
        }
    }

    private func enter(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.roomPage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please join on this page itself.", .forbidden)
        }
        switch try await workspace.enterRoom(page, name: try await request.form().text("name", longest: 80)) {
        // A link and no redirect: what a form leads to may not be another site.
        case .open(let address): return html(page, entrance: address)
        case .closed(let sentence): return html(page, message: sentence, .conflict)
        case .failed(let error):
            door.didFail(error)
            return html(page, message: Self.failure, .badGateway)
        }
    }

    private static let failure =
        "The room cannot be opened now. Please try again in a minute; if that does not help, ask the coordinator."

    private func html(
        _ page: Workspace.RoomPage, message: String? = nil, entrance: String? = nil, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let details = page.session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        var context: [String: Any] = [
            "title": details.title, "partnership": details.partnership,
            "when": Wording.span(details.start, details.end, in: zone),
            "asksName": page.participant == nil, "isModerator": page.isModerator,
            "leaders": Wording.list(page.moderators, "or"),
        ]
        if let name = page.participant?.name { context["name"] = name }
        if let entrance { context["entrance"] = entrance }
        return PageResponse.html(site.page("room", context, message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            "There is no room here",
            because: "The session is called off, or the address is not complete. The newest mail has the right one.",
            limiter)
    }
}
