import Foundation
import Hummingbird
import MusterDelivery
import MusterModel
import MusterOperations

/// The operations for programs: `POST /api/v1/NAME` with a request in JSON and a token in the header.
struct APIRoutes: Sendable {
    /// Bytes of a request at most.
    private static let mostBytes = 1 << 20

    let door: PageDoor
    let version: String
    private let limiter = FeedLimiter()

    init(door: PageDoor, version: String) {
        self.door = door
        self.version = version
    }

    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("api/v1/openapi.json") { _, _ in
            Self.json(try OperationCatalogue.openAPI(version: version, server: door.site.address))
        }
        router.post("api/v1/:operation") { request, context in
            try await answer(request, context.parameters.get("operation") ?? "")
        }
        let others = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]
        for method in others.compactMap(HTTPRequest.Method.init(rawValue:)) {
            router.on("api/v1/:operation", method: method) { _, _ in
                var response = Self.failure("An operation is asked for by POST.", .methodNotAllowed)
                response.headers[.allow] = "POST"
                return response
            }
        }
    }

    private func answer(_ request: Request, _ name: String) async throws -> Response {
        do {
            guard let viewer = try viewer(of: request) else {
                let now = door.workspace().now()
                if let wait = limiter.waitForUnknown(at: now) { return WebServer.tooMany(wait) }
                return Self.failure("Nobody is known by that token; muster token create makes one.", .unauthorized)
            }
            guard OperationCatalogue.isOffered(name, to: viewer) else { return Self.unknown }
            let body: ByteBuffer
            do {
                body = try await request.body.collect(upTo: Self.mostBytes)
            } catch {
                return Self.failure("The request is larger than a mebibyte.", .contentTooLarge)
            }
            let workspace = door.workspace().seen(by: viewer)
            let content = try await OperationCatalogue.run(name, request: Data(body.readableBytesView), in: workspace) {
                _ in
            }
            guard let content else { return Self.unknown }
            if let consequence = OperationCatalogue.consequence(of: name) { door.didChange(consequence) }
            return Self.json(content)
        } catch {
            let failure = OperationFailure(error)
            switch failure.exitCode {
            case 76: return Self.failure("The request is not what /api/v1/openapi.json says of \(name).", .badRequest)
            case 77: return Self.failure(failure.description, .notFound)
            case 64, 65, 69, 78: return Self.failure(failure.description, .conflict)
            default:
                door.didFail(error)
                return Self.failure(failure.description, .serviceUnavailable)
            }
        }
    }

    private func viewer(of request: Request) throws -> Viewer? {
        let words = (request.headers[.authorization] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer", let secret = SecretToken(words[1]) else {
            return nil
        }
        return try door.workspace().tokenViewer(secret)
    }

    private static let unknown = failure("There is no such operation.", .notFound)

    private static func failure(_ sentence: String, _ status: HTTPResponse.Status) -> Response {
        json((try? JSONEncoder().encode(["error": sentence])) ?? Data("{}".utf8), status)
    }

    private static func json(_ content: Data, _ status: HTTPResponse.Status = .ok) -> Response {
        var response = Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: content)))
        response.headers.append(contentsOf: WebServer.discretion)
        return response
    }
}
