import Hummingbird
import MusterDelivery
import MusterOperations

/// Signing in by a link that is mailed, in the browser that asked for it; and out again.
struct SignInPages: Sendable {
    let door: PageDoor
    /// Where mails are asked for, once the page has been answered.
    let backlog: Backlog
    private let limiter = FeedLimiter()

    private var site: PageSite { door.site }

    init(door: PageDoor, backlog: Backlog) { (self.door, self.backlog) = (door, backlog) }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("sign-in") { _, _ in ask() }
        router.post("sign-in") { request, _ in try await take(request) }
        router.post("sign-in/code") { request, _ in try await takeCode(request) }
        router.get("sign-in/password") { _, _ in askForPassword() }
        router.post("sign-in/password") { request, _ in try await takePassword(request) }
        router.get("sign-in/:token") { request, context in try show(request, context) }
        router.post("sign-in/:token") { request, context in try await takeLink(request, context) }
        router.post("sign-out") { request, _ in
            try await door.action(request, changes: .mails) { visit, form in
                try await visit.workspace.signOut(visit.secret, everywhere: form["everywhere"] != nil)
                var response = PageResponse.seeOther("\(site.base)/sign-in")
                response.headers[.setCookie] = site.cookie("session", nil, seconds: 0)
                return response
            }
        }
    }

    private func ask(_ message: String? = nil, _ status: HTTPResponse.Status = .ok) -> Response {
        html(["title": "Sign in", "asks": true], message: message, status: status)
    }

    /// Says the same whoever it is, and as soon, so that nobody learns who coordinates what.
    private func take(_ request: Request) async throws -> Response {
        guard !request.isFromElsewhere(address: site.address) else {
            return ask("Please sign in on this page itself.", .forbidden)
        }
        let address = try await request.form().text("address", longest: 254)
        guard address.contains("@") else { return ask("Please write your mail address.", .badRequest) }
        if let wait = limiter.waitForUnknown(at: door.workspace().now()) { return WebServer.tooMany(wait) }
        let browser = browser(of: request) ?? SecretToken()
        backlog.add { [door] in
            do {
                // Whoever looks after nothing must not be able to keep the daemon busy.
                if try await door.workspace().askToSignIn(address, in: browser) { door.didChange(.mails) }
            } catch {
                door.didFail(error)
            }
        }
        var response = html(["title": "Look into your mailbox", "waits": true])
        response.headers[.setCookie] = site.cookie("browser", browser.text, seconds: Workspace.signInTime)
        return response
    }

    private func takeCode(_ request: Request) async throws -> Response {
        guard !request.isFromElsewhere(address: site.address) else {
            return ask("Please sign in on this page itself.", .forbidden)
        }
        let code = try await request.form().text("code", longest: 20)
        guard let browser = browser(of: request) else {
            return ask("Please ask for a mail in this browser first.", .badRequest)
        }
        guard let secret = try await door.workspace().signIn(byCode: code, in: browser) else {
            return html(
                ["title": "Look into your mailbox", "waits": true],
                message: "That is not the code of the newest mail, or it is of no use any more.", status: .forbidden)
        }
        return try signedIn(secret)
    }

    /// A program that follows the links in mails changes nothing: it takes a button, and the browser that asked.
    private func show(_ request: Request, _ context: BasicRequestContext) throws -> Response {
        let link = context.parameters.get("token").flatMap { SecretToken($0) }
        let browser = browser(of: request)
        switch try link.flatMap({ try door.workspace().isSignIn($0, in: browser) }) {
        case true?: return html(["title": "Sign in", "link": link?.text ?? ""])
        case false?:
            return ask(
                "This is not the browser in which you asked. Open the link there, type the code of the mail there, or ask here for another one.",
                .forbidden)
        case nil: return unknown()
        }
    }

    private func takeLink(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard !request.isFromElsewhere(address: site.address) else {
            return ask("Please sign in on this page itself.", .forbidden)
        }
        guard let link = context.parameters.get("token").flatMap({ SecretToken($0) }),
            let secret = try await door.workspace().signIn(by: link, in: browser(of: request))
        else { return unknown() }
        return try signedIn(secret)
    }

    private func askForPassword(_ message: String? = nil, _ status: HTTPResponse.Status = .ok) -> Response {
        html(["title": "The password of your app", "password": true], message: message, status: status)
    }

    private func takePassword(_ request: Request) async throws -> Response {
        guard !request.isFromElsewhere(address: site.address) else {
            return askForPassword("Please sign in on this page itself.", .forbidden)
        }
        let digits = try await request.form().text("password", longest: 20)
        guard let secret = request.cookie(site.cookieName("session")).flatMap({ SecretToken($0) }) else {
            return PageResponse.seeOther("\(site.base)/sign-in")
        }
        guard try await door.workspace().takePassword(digits, for: secret) else {
            guard try door.workspace().needsPassword(secret) else {
                return PageResponse.seeOther("\(site.base)/sign-in")
            }
            return askForPassword("That is not what the app shows now; each password is of use once.", .forbidden)
        }
        return PageResponse.seeOther("\(site.base)/")
    }

    private func unknown() -> Response {
        if let wait = limiter.waitForUnknown(at: door.workspace().now()) { return WebServer.tooMany(wait) }
        return ask("That link is of no use any more: each can be used once, within a quarter of an hour.", .notFound)
    }

    private func signedIn(_ secret: SecretToken) throws -> Response {
        let next = try door.workspace().needsPassword(secret) ? "sign-in/password" : ""
        var response = PageResponse.seeOther("\(site.base)/\(next)")
        response.headers[.setCookie] = site.cookie("session", secret.text, seconds: Workspace.sessionTime)
        return response
    }

    private func browser(of request: Request) -> SecretToken? {
        request.cookie(site.cookieName("browser")).flatMap { SecretToken($0) }
    }

    private func html(
        _ context: [String: Any], message: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        PageResponse.html(site.page("sign-in", context, message: message), status)
    }
}
