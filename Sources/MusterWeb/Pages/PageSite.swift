import Foundation
import MusterModel

/// What all pages share: their templates, and where people reach them.
struct PageSite: Sendable {
    private let currentAddress: @Sendable () -> String
    private let templates: PageTemplates

    /// - Parameter address: below which address people reach them now, without a slash at its end.
    /// - Throws: only if a built-in template is broken.
    init(address: @escaping @Sendable () -> String) throws {
        currentAddress = address
        templates = try PageTemplates()
    }

    /// Below which address people reach them.
    var address: String { currentAddress() }

    /// What stands before each path: the path of the address, without a slash at its end.
    var base: String {
        let path = URL(string: address)?.path() ?? ""
        return path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Whether cookies travel by https alone.
    var isSecure: Bool { address.hasPrefix("https://") }

    /// The name of a cookie, bound to the host and to https where that is spoken (`__Host-`, RFC 6265bis §4.1.3.2).
    func cookieName(_ name: String) -> String { (isSecure && base.isEmpty ? "__Host-muster-" : "muster-") + name }

    /// The header that sets a cookie for the browser alone; one without a value takes it away.
    func cookie(_ name: String, _ value: String?, seconds: Int) -> String {
        let secure = isSecure ? "; Secure" : ""
        return
            "\(cookieName(name))=\(value ?? ""); Path=\(base.isEmpty ? "/" : base); Max-Age=\(value == nil ? 0 : seconds); HttpOnly; SameSite=Lax\(secure)"
    }

    /// A page for people who are not signed in.
    func page(_ template: String, _ context: [String: Any], message: String? = nil) -> String {
        var context = context
        context["base"] = base
        context["isNarrow"] = true
        if let message { context["message"] = message }
        return templates.render(template, context)
    }

    /// A page for somebody who is signed in.
    func page(_ template: String, _ context: [String: Any], for session: PageVisit, message: String?) -> String {
        var context = context
        context["base"] = base
        context["form"] = session.formToken
        context["navigation"] = [
            "viewer": session.viewer.name,
            "pages": Self.pages.map { page in
                ["path": page.path, "name": page.name, "isHere": page.path == session.section]
            },
        ]
        if let message { context["message"] = message }
        return templates.render(template, context)
    }

    private static let pages = [
        (path: "/", name: "Season"), (path: "/people", name: "People"), (path: "/deadlines", name: "Deadlines"),
        (path: "/replies", name: "Mails to us"),
        (path: "/outbox", name: "Mails from us"), (path: "/calendars", name: "Calendars"),
        (path: "/polls", name: "Polls"), (path: "/feedback", name: "Feedback"),
        (path: "/resources", name: "Resources"),
        (path: "/history", name: "History"),
    ]
}
