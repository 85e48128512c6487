import CivilTime
import Foundation
import Hummingbird
import HummingbirdTesting
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization

@testable import MusterOperations
@testable import MusterWeb

/// Two partnerships with their pages: Tamar's host is Oakford, Mersey's is Dock Road.
struct PageWorld: Sendable {
    /// Who looks at pages.
    enum Who: String, CaseIterable {
        case nobody = ""
        case other = "other@example.test"
        case coordinator = "coordinator@example.test"
        case machine = "ops@example.test"
    }

    let files: ProgrammeFiles
    let clock: Clock
    /// What followed from what was done.
    let changes = Consequences()

    init(address: String = "https://reviews.example") throws {
        files = try ProgrammeFiles(
            operator: """
                pages: { listen: 127.0.0.1:9619, address: "\(address)", operators: [ops@example.test] }
                answers: { authenticated-by: mx.example.test }
                """)
        clock = Clock(Instant(iso: ProgrammeFiles.now) ?? Instant(seconds: 0))
        try files.folder.write(
            """
            partnership: mersey
            name: Mersey Side
            coordinator: { name: Other, address: other@example.test }
            schools: [900003, 900004]
            """, to: "config/programme/partnerships/mersey.yaml")
        try files.folder.write(
            """
            cycle: mersey
            name: Mersey spring
            partnership: mersey
            dates: 2027-01-11 to 2027-03-24
            team: { reviewer: 1 }
            stages:
              - id: visit
                name: Mersey visit
                length: 60 min
                mode: in person
                attend: [host, reviewer]
                times: [13:30-15:00]
            hosts:
              - { school: 900004, theme: secrets, question: "What does Mersey keep to itself?" }
            """, to: "config/programme/cycles/mersey.yaml")
        try files.replace(
            "m.khan,Mo Khan,m.khan@example.test,900004,champion",
            with:
                "m.khan,Mo Khan,m.khan@example.test,900004,champion;head\nz.ali,Zara Ali,z.ali@example.test,900003,reviewer;lead",
            in: "programme/people.csv")
    }

    /// Adds a training event of an hour to Tamar's cycle, which Zara Ali runs.
    ///
    /// - Parameters:
    ///   - lines: what else is said of it, as `invited: [k.o]`.
    ///   - cycle: what else is said of the cycle.
    func addTraining(link: String, _ lines: [String], cycle: [String] = []) throws {
        let training = [
            "id: training", "name: Training", "length: 60 min", "link: \(link)", "times: [13:30-15:00]",
            "school: 900003", "required: [z.ali]",
        ]
        let all =
            ["training:"] + (training + lines).enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
            + cycle + ["hosts:", ""]
        try files.replace("hosts:\n", with: all.joined(separator: "\n"), in: "programme/cycles/spring.yaml")
    }

    func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    /// A mail that waits for somebody, about a session or about nothing.
    func receive(_ subject: String) async throws -> Int {
        let mail = "From: someone@example.test\r\nSubject: \(subject)\r\n\r\nA question about \(subject).\r\n"
        return try await TakeMail.run(TakeMail.Request(content: Data(mail.utf8)), in: try workspace()) { _ in }
            .number
    }

    /// Publishes both partnerships' seasons and delivers the mails.
    func publish() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        _ = try await workspace().send()
        clock.later(300)
    }

    /// The published session of a stage.
    func session(_ end: String) throws -> PublishedSession {
        let all = try workspace().store.publishedSessions()
        guard let found = all.first(where: { $0.details.id.rawValue.hasSuffix(end) }) else {
            throw Workspace.Failure("no \(end) among \(all.map(\.details.id))", exitCode: 1)
        }
        return found
    }

    /// What the pages answer, one request at a time.
    func browse<Result: Sendable>(_ body: @Sendable (Browser) async throws -> Result) async throws -> Result {
        let workspace = try workspace()
        let changes = changes
        let server = try PageServer(
            endpoint: Endpoint(address: .port(0, host: "127.0.0.1")), version: "1", workspace: { workspace },
            didChange: { changes.add($0) })
        return try await Application(router: server.router).test(.router) { client in
            try await body(Browser(client: client, world: self, backlog: server.backlog))
        }
    }
}

/// What was said to follow from what was done, in order.
final class Consequences: Sendable {
    private let value = Mutex<[Consequence]>([])
    var all: [Consequence] { value.withLock { $0 } }
    var count: Int { all.count }
    func add(_ consequence: Consequence) { value.withLock { $0.append(consequence) } }
}

/// A browser with its cookies.
final class Browser: Sendable {
    private let client: any TestClientProtocol
    private let world: PageWorld
    /// What the server does once it has answered; nil for a browser that does not wait for it.
    private let backlog: Backlog?
    /// Whose requests a web server in front would say that they are.
    private let address: String?
    private let cookies = Mutex<[String: String]>([:])

    init(client: any TestClientProtocol, world: PageWorld, backlog: Backlog?, address: String? = nil) {
        self.client = client
        self.world = world
        self.backlog = backlog
        self.address = address
    }

    /// Another browser, at an address that a web server in front passes on.
    func at(_ address: String) -> Browser { Browser(client: client, world: world, backlog: backlog, address: address) }

    /// The same server, without a cookie.
    var another: Browser { Browser(client: client, world: world, backlog: backlog) }

    /// The same, which goes on as soon as it is answered.
    var hasty: Browser { Browser(client: client, world: world, backlog: nil) }

    func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    func get(_ path: String) async throws -> Page { try await send(.get, path) }

    /// Sends a form with its token, if the page at the path has one.
    func post(_ path: String, _ fields: [String: String], site: String = "same-origin") async throws -> Page {
        let allowed = CharacterSet.alphanumerics
        let body = fields.sorted { $0.key < $1.key }.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }.joined(separator: "&")
        return try await send(.post, path, body: body, site: site)
    }

    /// The token of this session's forms.
    func formToken() async throws -> String {
        String(try await get("/").text.firstMatch(of: /name="form" value="([0-9a-f]+)"/)?.1 ?? "")
    }

    /// Does something with the token of this session's forms.
    func act(_ path: String, _ fields: [String: String]) async throws -> Page {
        try await post(path, fields.merging(["form": try await formToken()]) { $1 })
    }

    /// Signs in by an address that the machine makes.
    func signIn(_ who: PageWorld.Who) async throws {
        guard who != .nobody else { return }
        let link = try await CreateSignIn.run(
            CreateSignIn.Request(address: who.rawValue), in: try world.workspace()
        ) { _ in }.address
        _ = try await post(String(link.dropFirst("https://reviews.example".count)), [:])
    }

    /// Asks for an operation as a program does.
    func call(_ operation: String, _ body: String, token: String) async throws -> Page {
        try await send(.post, "/api/v1/\(operation)", body: body, authorization: "Bearer \(token)")
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: String? = nil, site: String = "same-origin",
        authorization: String? = nil
    ) async throws -> Page {
        var headers = HTTPFields()
        headers[.authorization] = authorization
        headers[.cookie] = cookies.withLock { $0.map { "\($0)=\($1)" }.joined(separator: "; ") }
        if let name = HTTPFields.Element.Name("Sec-Fetch-Site") { headers[name] = site }
        if let name = HTTPFields.Element.Name("X-Forwarded-For") { headers[name] = address }
        headers[.contentType] = "application/x-www-form-urlencoded"
        let page = try await client.execute(
            uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
        ) { [self] response in
            for cookie in response.headers[values: .setCookie] {
                let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
                cookies.withLock { $0[pair[0]] = pair.count > 1 ? pair[1] : nil }
            }
            let fields = response.headers.map { ($0.name.canonicalName, $0.value) }
            return Page(
                status: response.status.code, text: String(buffer: response.body),
                fields: Dictionary(fields) { $0 + "\n" + $1 })
        }
        await backlog?.drain()
        return page
    }
}

/// What a browser was answered.
struct Page: Sendable {
    var status: Int
    var text: String
    /// The header, by names in small letters.
    var fields: [String: String]
    var location: String? { fields["location"] }
}
