import CivilTime
import Foundation
import Hummingbird

/// Lets people answer on a page, each at an address with a proof in it: `/answer/TOKEN`.
///
/// Reading changes nothing, however often a program does so; an answer needs a choice that nobody has made for them.
/// Nothing else is answered, and no address is logged.
public struct AnswerPages: Sendable {
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

    private let now: @Sendable () -> Instant
    private let find: @Sendable (_ token: String) throws -> Page?
    private let answer: @Sendable (_ token: String, _ answer: String, _ comment: String) async throws -> Outcome
    private let limiter = FeedLimiter()

    /// Pages for answers.
    ///
    /// - Parameters:
    ///   - now: the time, for rates.
    ///   - find: the page at the end of an address; nil where there is none.
    ///   - answer: keeps an answer: `accepted`, `declined` or `tentative`.
    public init(
        now: @escaping @Sendable () -> Instant,
        find: @escaping @Sendable (_ token: String) throws -> Page?,
        answer: @escaping @Sendable (_ token: String, _ answer: String, _ comment: String) async throws -> Outcome
    ) {
        self.now = now
        self.find = find
        self.answer = answer
    }

    func addRoutes(to router: Router<BasicRequestContext>, _ site: PageSite) {
        router.get("answer/:token") { request, context in
            try show(context.parameters.get("token") ?? "", after: request.uri.query, site)
        }
        router.post("answer/:token") { request, context in
            try await take(request, context.parameters.get("token") ?? "", site)
        }
    }

    private func show(_ token: String, after query: String?, _ site: PageSite) throws -> Response {
        guard let page = try find(token) else { return missing(site) }
        let said = page.answer.map { query == "done" ? "Thank you. \($0)" : $0 }
        return html(page, message: said, .ok, site)
    }

    private func take(_ request: Request, _ token: String, _ site: PageSite) async throws -> Response {
        guard let page = try find(token) else { return missing(site) }
        // Another site cannot know the address; one that does is no place to answer from.
        if request.isFromElsewhere(address: site.address) {
            return html(page, message: "Please answer on this page itself.", .forbidden, site)
        }
        let form = try await request.form()
        guard let choice = form["answer"], ["accepted", "declined", "tentative"].contains(choice) else {
            return html(
                page, message: "Nothing was sent yet: please choose yes, no or perhaps.", .badRequest, site)
        }
        switch try await answer(token, choice, form.text("comment")) {
        case .kept: return PageResponse.seeOther("\(site.base)/answer/\(token)?done")
        case .tooSoon:
            return html(
                page,
                message:
                    "The invitation has left only a moment ago. Some mail systems press buttons by themselves then: please send your answer once more in a minute.",
                .conflict, site)
        case .unknown: return missing(site)
        }
    }

    private func missing(_ site: PageSite) -> Response {
        if let wait = limiter.waitForUnknown(at: now()) { return LoopbackServer.tooMany(wait) }
        let page = Page(title: "There is nothing to answer here", partnership: "", rows: [], answer: nil)
        return html(
            page,
            message:
                "The session has begun, is called off, or you are no longer asked to come; or the address is not complete. Your newest mail about it says how it stands.",
            .notFound, site, isKnown: false)
    }

    private func html(
        _ page: Page, message: String?, _ status: HTTPResponse.Status, _ site: PageSite, isKnown: Bool = true
    ) -> Response {
        let context: [String: Any] = [
            "title": page.title, "partnership": page.partnership, "isKnown": isKnown,
            "rows": page.rows.map { row in
                ["name": row.name, "lines": row.lines.map { $0.hasPrefix("https://") ? ["link": $0] : ["line": $0] }]
            },
            "question": page.answer == nil ? "Will you come?" : "Would you like to change your answer?",
        ]
        return PageResponse.html(site.page("answer", context, message: message), status)
    }
}
