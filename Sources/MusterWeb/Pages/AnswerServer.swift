import CivilTime
import Foundation
import Hummingbird
import Mustache
import Templates

/// Lets people answer on a page, each at an address with a proof in it: `/answer/TOKEN`.
///
/// Reading changes nothing, however often a program does so; an answer needs a choice that nobody has made for them.
/// Nothing else is answered, and no address is logged.
public struct AnswerServer: Sendable {
    /// What is shown.
    public struct Page: Sendable {
        /// `Review at Oakford Primary`.
        public var title: String
        /// Whose it is.
        public var partnership: String
        /// What is to be said of it: when, where, with whom.
        public var rows: [(name: String, lines: [String])]
        /// What was answered so far, as a sentence; nil for nothing.
        public var answer: String?

        /// A page; every field as described there.
        public init(title: String, partnership: String, rows: [(name: String, lines: [String])], answer: String?) {
            self.title = title
            self.partnership = partnership
            self.rows = rows
            self.answer = answer
        }
    }

    /// What came of an answer.
    public enum Outcome: Sendable {
        /// It is kept.
        case kept
        /// The mail has just left, and a program may have pressed the button.
        case tooSoon
        /// There is no such page.
        case unknown
    }

    /// Bytes of a form at most.
    private static let mostBytes = 16 << 10
    /// Letters of a comment at most.
    private static let longestComment = 500

    private let host: String
    private let port: Int
    private let now: @Sendable () -> Instant
    private let find: @Sendable (_ token: String) throws -> Page?
    private let answer: @Sendable (_ token: String, _ answer: String, _ comment: String) async throws -> Outcome
    private let limiter = FeedLimiter()
    private let template: MustacheTemplate

    /// A server on an address of this machine.
    ///
    /// - Parameters:
    ///   - now: the time, for rates.
    ///   - find: the page at the end of an address; nil where there is none.
    ///   - answer: keeps an answer: `accepted`, `declined` or `tentative`.
    /// - Throws: only if the built-in template is broken.
    public init(
        host: String, port: Int, now: @escaping @Sendable () -> Instant,
        find: @escaping @Sendable (_ token: String) throws -> Page?,
        answer: @escaping @Sendable (_ token: String, _ answer: String, _ comment: String) async throws -> Outcome
    ) throws {
        template = try MustacheTemplate(html: String(decoding: PackageResources.answer_html_mustache, as: UTF8.self))
        self.host = host
        self.port = port
        self.now = now
        self.find = find
        self.answer = answer
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Parameter whenOpen: called as soon as the port takes connections.
    /// - Throws: where the port is taken.
    public func run(whenOpen: @escaping @Sendable () -> Void) async throws {
        try await LoopbackServer.run(router, host: host, port: port, whenOpen: whenOpen)
    }

    private var router: Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("answer/style.css") { _, _ in
            Self.response(
                String(decoding: PackageResources.answer_css, as: UTF8.self), .ok, type: "text/css; charset=utf-8")
        }
        router.get("answer/:token") { request, context in
            try show(context.parameters.get("token") ?? "", after: request.uri.query)
        }
        router.post("answer/:token") { request, context in
            try await take(request, context.parameters.get("token") ?? "")
        }
        return router
    }

    private func show(_ token: String, after query: String?) throws -> Response {
        guard let page = try find(token) else { return missing() }
        let said = page.answer.map { query == "done" ? "Thank you. \($0)" : $0 }
        return html(page, message: said)
    }

    private func take(_ request: Request, _ token: String) async throws -> Response {
        guard let page = try find(token) else { return missing() }
        // Another site cannot know the address; one that does is no place to answer from.
        if let site = request.headers[Self.site], site != "same-origin", site != "none" {
            return html(page, message: "Please answer on this page itself.", .forbidden)
        }
        let body = try await request.body.collect(upTo: Self.mostBytes)
        let form = Self.form(String(buffer: body))
        guard let choice = form["answer"], ["accepted", "declined", "tentative"].contains(choice) else {
            return html(page, message: "Nothing was sent yet: please choose yes, no or perhaps.", .badRequest)
        }
        let comment = String((form["comment"] ?? "").filter { !$0.isNewline || $0 == "\n" }.prefix(Self.longestComment))
        switch try await answer(token, choice, comment.trimmingCharacters(in: .whitespacesAndNewlines)) {
        case .kept:
            var response = Response(status: .seeOther, headers: Self.headers)
            response.headers[.location] = "/answer/\(token)?done"
            return response
        case .tooSoon:
            return html(
                page,
                message:
                    "The invitation has left only a moment ago. Some mail systems press buttons by themselves then: please send your answer once more in a minute.",
                .conflict)
        case .unknown: return missing()
        }
    }

    private func missing() -> Response {
        if let wait = limiter.waitForUnknown(at: now()) { return LoopbackServer.tooMany(wait) }
        let page = Page(title: "There is nothing to answer here", partnership: "", rows: [], answer: nil)
        return html(
            page,
            message:
                "The session has begun, is called off, or you are no longer asked to come; or the address is not complete. Your newest mail about it says how it stands.",
            .notFound, isKnown: false)
    }

    // MARK: Answers

    private func html(
        _ page: Page, message: String?, _ status: HTTPResponse.Status = .ok, isKnown: Bool = true
    ) -> Response {
        var context: [String: Any] = [
            "title": page.title, "partnership": page.partnership, "isKnown": isKnown,
            "rows": page.rows.map { row in
                ["name": row.name, "lines": row.lines.map { $0.hasPrefix("https://") ? ["link": $0] : ["line": $0] }]
            },
            "question": page.answer == nil ? "Will you come?" : "Would you like to change your answer?",
        ]
        if let message { context["message"] = message }
        return Self.response(template.render(context), status, type: "text/html; charset=utf-8")
    }

    private static func response(_ text: String, _ status: HTTPResponse.Status, type: String) -> Response {
        var response = LoopbackServer.text(text, status, type: type)
        response.headers.append(contentsOf: headers)
        return response
    }

    private static let site = HTTPFields.Element.Name("Sec-Fetch-Site") ?? .origin

    /// Nothing remote, no script, no frame around it; the address is a secret.
    private static let headers: HTTPFields = {
        var headers = LoopbackServer.fields([
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ), ("Cache-Control", "no-store"),
        ])
        headers.append(contentsOf: LoopbackServer.discretion)
        return headers
    }()

    /// The fields of a form as browsers send it (`application/x-www-form-urlencoded`); the first of a name counts.
    private static func form(_ text: String) -> [String: String] {
        text.split(separator: "&").prefix(20).reduce(into: [:]) { form, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ part: Substring) -> String? { part.replacing("+", with: " ").removingPercentEncoding }
            guard parts.count == 2, let name = decoded(parts[0]), let value = decoded(parts[1]) else { return }
            if form[name] == nil { form[name] = value }
        }
    }
}
