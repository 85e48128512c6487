import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Testing
import Transport

@testable import MusterOperations

/// Microsoft Graph as it is documented, as far as a mailbox is read.
private final class Graph: HTTPTransport {
    struct State {
        var inbox: [(id: String, mail: String)] = []
        var moved: [(id: String, folder: String)] = []
        var folders: [String: String] = [:]
        var refusals: [HTTPResponse] = []
        var requests: [String] = []
        /// Messages that are not moved: refused, or put back where they are.
        var unmoved: [String: Int] = [:]
    }

    let state = Mutex(State())

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state -> HTTPResponse? in
            state.requests.append("\(request.method.rawValue) \(request.url)")
            guard request.headers.contains(where: { $0 == ("Authorization", "Bearer good") }) else {
                return HTTPResponse(status: 401)
            }
            if !state.refusals.isEmpty { return state.refusals.removeFirst() }
            return Self.answer(request, &state)
        }
        guard let answer else { throw TransportError(.tooLarge, "it is larger than allowed") }
        return answer
    }

    private static func answer(_ request: HTTPRequest, _ state: inout State) -> HTTPResponse? {
        let base = "https://graph.example/v1.0/users/reviews@school.example/"
        guard request.url.hasPrefix(base) else { return HTTPResponse(status: 404) }
        let path = request.url.dropFirst(base.count)
        let body = (try? JSONDecoder().decode([String: String].self, from: Data(request.body ?? []))) ?? [:]
        func json(_ text: String, _ status: Int = 200) -> HTTPResponse {
            HTTPResponse(status: status, body: Array(text.utf8))
        }
        let parts = path.split(separator: "/").map(String.init)
        switch (request.method, parts.count) {
        case (.get, 3) where path.hasPrefix("mailFolders/inbox/messages?"):
            let skip = path.split(separator: "$skip=").last.flatMap { Int($0) } ?? 0
            let items = state.inbox.dropFirst(skip).prefix(2).map {
                #"{"@odata.etag":"x","id":"\#($0.id)","subject":"S"}"#
            }
            return json(
                #"{"@odata.nextLink":"https://elsewhere.example","value":[\#(items.joined(separator: ","))]}"#)
        case (.get, 3) where parts[2] == "$value":
            guard let mail = state.inbox.first(where: { $0.id == parts[1] })?.mail else { return json("{}", 404) }
            return mail == "huge" ? nil : json(mail)
        case (.get, 1) where path.hasPrefix("mailFolders?$filter=displayName%20eq%20%27Processed%27"):
            return json(#"{"value":[\#(state.folders["Processed"].map { #"{"id":"\#($0)"}"# } ?? "")]}"#)
        case (.post, 1) where path == "mailFolders":
            state.folders[body["displayName"] ?? ""] = "folder-1"
            return json(#"{"id":"folder-1"}"#, 201)
        case (.post, 3) where parts[2] == "move":
            if let status = state.unmoved[parts[1]] { return json("{}", status) }
            state.inbox.removeAll { $0.id == parts[1] }
            state.moved.append((parts[1], body["destinationId"] ?? ""))
            return json("{}", 201)
        default: return json("{}", 400)
        }
    }
}

private struct Tokens: TokenSource {
    let discarded = Discarded()

    final class Discarded: Sendable {
        let tokens = Mutex<[String]>([])
    }

    func token() async throws(TransportError) -> String { discarded.tokens.withLock { $0.isEmpty } ? "old" : "good" }

    func discard(_ token: String) async { discarded.tokens.withLock { $0.append(token) } }
}

@Suite struct `A mailbox of Microsoft 365` {
    private let files: ProgrammeFiles
    private let clock: Clock
    private let graph = Graph()
    private let tokens = Tokens()

    init() throws {
        files = try ProgrammeFiles(
            operator:
                "answers: { graph: { user: reviews@school.example, tenant: t, client: c, secret: 'file:secret', url: 'https://graph.example/v1.0' } }"
        )
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func read() async throws -> Int {
        let workspace = try workspace()
        let mailbox = try #require(workspace.configuration.answers.graph)
        return try await workspace.readMailbox(GraphMailbox(mailbox: mailbox, transport: graph, tokens: tokens))
    }

    @Test func `is listed, read whole and emptied, one mail at a time, and one that is too large is no hindrance`()
        async throws
    {
        graph.state.withLock { state in
            for number in 1...5 {
                let mail = "From: p@school.example\r\nMessage-ID: <\(number)@x>\r\nSubject: \(number)\r\n\r\nHello\r\n"
                state.inbox.append((id: "id-\(number)", mail: number == 3 ? "huge" : mail))
            }
        }
        let error = await #expect(throws: TransportError.self, "the token is an old one") { try await read() }
        #expect(error?.kind == .authentication)
        #expect(try await read() == 5)
        #expect(try await read() == 0)
        let mails = try workspace().store.incomingMails()
        #expect(mails.map(\.subject).sorted() == ["1", "2", "4", "5", "S"])
        #expect(mails.first { $0.subject == "S" }?.reason.contains("too large") ?? false)
        #expect(graph.state.withLock { $0.moved.map(\.id) } == (1...5).map { "id-\($0)" })
        #expect(graph.state.withLock { $0.moved.allSatisfy { $0.folder == "folder-1" } })
        #expect(graph.state.withLock { $0.requests.allSatisfy { $0.contains("graph.example") } })
    }

    @Test(arguments: [404, 201])
    func `of which some messages stay is read to its end all the same`(status: Int) async throws {
        await tokens.discard("old")
        graph.state.withLock { state in
            for number in 1...7 {
                let mail = "From: p@school.example\r\nMessage-ID: <\(number)@x>\r\nSubject: \(number)\r\n\r\nHello\r\n"
                state.inbox.append((id: "id-\(number)", mail: mail))
            }
            state.unmoved = ["id-1": status, "id-2": status, "id-5": status]
        }
        let outcome: Result<Int, any Error>
        do { outcome = .success(try await read()) } catch { outcome = .failure(error) }
        switch outcome {
        case .success: #expect(status == 201, "put back where they are")
        case .failure(let error): #expect(status == 404 && (error as? TransportError)?.kind == .refused)
        }
        #expect(try workspace().store.incomingMails().count == 7)
        #expect(graph.state.withLock { $0.moved.map(\.id) } == ["id-3", "id-4", "id-6", "id-7"])
    }

    @Test(arguments: [
        (
            403, #"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#,
            TransportError.Kind.authentication, "ErrorAccessDenied Access is denied."
        ), (429, "", .deferred, "429"), (200, "<html>", .broken, "not documented"), (500, "\n", .refused, "500"),
    ])
    func `says why it cannot be read`(status: Int, body: String, kind: TransportError.Kind, words: String) async throws
    {
        await tokens.discard("old")
        graph.state.withLock { $0.refusals = [HTTPResponse(status: status, body: Array(body.utf8))] }
        let error = await #expect(throws: TransportError.self) { try await read() }
        #expect(error?.kind == kind && error?.description.contains(words) ?? false, "\(String(describing: error))")
    }
}
