import CivilTime
import Foundation
import Hummingbird
import MusterModel
import MusterOperations

/// Lets people say whether they could take a seat, each at an address with a proof in it: `/step-in/TOKEN`.
struct StandInPages: Sendable {
    let door: PageDoor
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor) { self.door = door }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("step-in/:token") { request, context in
            try await door.serve {
                guard let page = try door.workspace().standInPage(context.token) else { return missing() }
                door.note(request, opening: page.standIn.person)
                return html(page)
            }
        }
        router.post("step-in/:token") { request, context in
            try await door.serve { try await take(request, context.token) }
        }
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        let workspace = door.workspace()
        guard let page = try workspace.standInPage(token) else { return missing() }
        guard !request.isFromElsewhere(address: site.address) else {
            return html(page, message: "Please say so on this page itself.", .forbidden)
        }
        guard !door.isProgram(request, opening: page.standIn.person) else {
            return html(page, message: PageResponse.tooSoon, .conflict)
        }
        guard let answer = try await request.form()["answer"], ["yes", "no"].contains(answer) else {
            return html(page, message: "Nothing was sent yet: please choose yes or no.", .badRequest)
        }
        switch try await workspace.answer(page, comes: answer == "yes") {
        case .kept:
            door.didChange(.plan)
            return PageResponse.seeOther("\(site.base)/step-in/\(token)")
        case .tooSoon: return html(page, message: PageResponse.tooSoon, .conflict)
        case .unknown: return html(page, message: "It has begun, so nothing more can be said.", .conflict)
        }
    }

    private func html(
        _ page: Workspace.StandInPage, message: String? = nil, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let details = page.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let said =
            switch page.answer {
            case .accepted: "Thank you: you have said that you could. You get an invitation if it comes to it."
            case .declined: "You have said that you cannot. You are not asked for these dates again."
            default: ""
            }
        let context: [String: Any] = [
            "title": "Could you step in?", "partnership": details.partnership,
            "what": "\(Wording.role(page.standIn.role))\(details.host.map { " at \($0)" } ?? "")",
            "seats": zip(page.titles, page.standIn.seats).map { title, seat in
                ["name": title, "when": Wording.span(seat.start, seat.end, in: zone)]
            },
            "said": said.isEmpty ? [] : [said], "isOpen": page.isOpen,
        ]
        return PageResponse.html(site.page("step-in", context, message: message), status)
    }

    private func missing() -> Response {
        door.nothing(
            because: "The session is called off, or the address is not complete. The newest mail has the right one.",
            limiter)
    }
}
