import CivilTime
import Hummingbird
import MusterModel

/// Gives calendar programs their feeds, each at an address with a secret in it: `/feeds/SECRET.ics`.
///
/// Nothing else is answered, so that a web server in front of it can make nothing else public by mistake. An address
/// that was revoked is like one that never was. No address is logged.
public struct FeedServer: Sendable {
    /// What a feed says now.
    public struct Page: Sendable {
        /// The calendar.
        public var text: String
        /// Its strong entity tag, with quotes.
        public var entityTag: String
        /// Since when it says that.
        public var changed: Instant

        /// What a feed says; every field as described there.
        public init(text: String, entityTag: String, changed: Instant) {
            self.text = text
            self.entityTag = entityTag
            self.changed = changed
        }
    }

    /// A feed that was found by its secret.
    public struct Entry: Sendable {
        /// Its number.
        public var number: Int
        /// What it says, for a program that gave this name.
        public var read: @Sendable (_ program: String?) throws -> Page

        /// A feed that was found.
        public init(number: Int, read: @escaping @Sendable (_ program: String?) throws -> Page) {
            self.number = number
            self.read = read
        }
    }

    private let endpoint: Endpoint
    private let now: @Sendable () -> Instant
    private let answered: @Sendable (_ status: Int) -> Void
    private let find: @Sendable (_ secret: String) throws -> Entry?
    private let limiter = FeedLimiter()

    /// A server.
    ///
    /// - Parameters:
    ///   - now: the time, for rates.
    ///   - answered: told the status of every answer; 500 where a feed could not be read.
    ///   - find: the feed with a secret; nil where there is none, or none any more.
    public init(
        endpoint: Endpoint, now: @escaping @Sendable () -> Instant,
        answered: @escaping @Sendable (_ status: Int) -> Void,
        find: @escaping @Sendable (_ secret: String) throws -> Entry?
    ) {
        self.endpoint = endpoint
        self.now = now
        self.answered = answered
        self.find = find
    }

    /// Serves until the task is cancelled or told to shut down.
    ///
    /// - Parameter whenOpen: called as soon as it takes connections.
    /// - Throws: where it is taken.
    public func run(whenOpen: @escaping @Sendable () -> Void) async throws {
        try await WebServer.run(router, on: endpoint, whenOpen: whenOpen)
    }

    private var router: Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("feeds/:file") { request, context in
            do {
                let response = try answer(request, file: context.parameters.get("file") ?? "")
                answered(response.status.code)
                return response
            } catch {
                answered(HTTPResponse.Status.internalServerError.code)
                throw error
            }
        }
        return router
    }

    private func answer(_ request: Request, file: String) throws -> Response {
        guard file.hasSuffix(".ics"), let entry = try find(String(file.dropLast(4))) else {
            return limiter.waitForUnknown(at: now()).map(WebServer.tooMany) ?? Self.unknown
        }
        if let wait = limiter.wait(for: entry.number, at: now()) { return WebServer.tooMany(wait) }
        let page = try entry.read(request.headers[.userAgent].flatMap(CalendarProgram.name))
        let validators = Validators(entityTag: page.entityTag, changed: page.changed)
        var headers = WebServer.discretion
        headers[.eTag] = page.entityTag
        headers[.lastModified] = HTTPDate.text(page.changed)
        // Kept where it was read alone, and asked for anew each time: a revoked address shows nothing any more.
        headers[.cacheControl] = "private, no-cache"
        guard
            !validators.areKnown(
                ifNoneMatch: request.headers[values: .ifNoneMatch], ifModifiedSince: request.headers[.ifModifiedSince])
        else { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = "text/calendar; charset=utf-8"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }

    private static var unknown: Response {
        var response = WebServer.text("There is no such feed.\n", .notFound)
        response.headers[.cacheControl] = "no-store"
        response.headers.append(contentsOf: WebServer.discretion)
        return response
    }
}
