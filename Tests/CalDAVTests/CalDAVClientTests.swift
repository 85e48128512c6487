import CalDAV
import CivilTime
import CurlTransport
import Foundation
import MusterTestSupport
import Synchronization
import Testing
import Transport

/// Counts what is asked, and refuses some of it as a server would that lets nobody look.
private final class Door: HTTPTransport {
    private let refused: @Sendable (HTTPRequest) -> Bool
    private let log = Mutex<[String]>([])

    init(refusing refused: @escaping @Sendable (HTTPRequest) -> Bool = { _ in false }) {
        self.refused = refused
    }

    /// What was asked since the last time, such as `REPORT sync-collection`.
    func asked() -> [String] {
        log.withLock { log in
            defer { log = [] }
            return log
        }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let text = String(decoding: request.body ?? [], as: UTF8.self)
        let question = text.split(separator: "<").dropFirst().first.map { $0.prefix { $0 != " " }.drop { $0 != ":" } }
        log.withLock { $0.append("\(request.method.rawValue) \((question ?? "").dropFirst())") }
        return refused(request) ? HTTPResponse(status: 403) : try await CurlHTTPTransport().send(request)
    }
}

@Suite struct `A CalDAV client with a real server` {
    private let window = Instant(seconds: 1_798_761_600)..<Instant(seconds: 1_798_761_600 + 200 * 86_400)

    private func client(_ address: String, user: String = "alice", transport: any HTTPTransport = Door()) throws
        -> CalDAVClient
    {
        let login = "Basic " + Data("\(user):\(CalendarServer.password)".utf8).base64EncodedString()
        return CalDAVClient(address: try #require(URL(string: address)), transport: transport) { _ in login }
    }

    private func events(_ changes: CollectionChanges) -> [String] {
        changes.objects.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }.sorted()
    }

    @Test(arguments: CalendarServer.Kind.allCases)
    func `finds the calendars from the address of server, principal, folder and calendar`(kind: CalendarServer.Kind)
        async throws
    {
        let server = try CalendarServer(kind)
        try server.make("lessons", properties: "<d:displayname>Lessons &amp; more</d:displayname>")
        for path in ["", "/", "/.well-known/caldav", "/alice/", server.home + "/", "\(server.home)/lessons/"] {
            let found = try await client(server.address + path).collections()
            let lessons = try #require(
                found.first { $0.url.path.hasSuffix("lessons") || $0.url.path.hasSuffix("lessons/") })
            #expect(lessons.tellsChanges && lessons.version != nil && lessons.keepsBusy, "\(path)")
            if kind == .radicale { #expect(lessons.name == "Lessons & more") }
        }
    }

    @Test(arguments: CalendarServer.Kind.allCases)
    func `reads everything once, then asks once whether something changed, then reads that alone`(
        kind: CalendarServer.Kind
    ) async throws {
        let server = try CalendarServer(kind)
        try server.make("lessons")
        for (event, start) in [("a", "20270111T090000Z"), ("b", "20270112T090000Z"), ("old", "20190112T090000Z")] {
            try server.put(event, at: start, in: "lessons")
        }
        let door = Door()
        let client = try client("\(server.address)\(server.home)/lessons/", transport: door)

        let first = try await client.changes(in: client.collections()[0], since: nil, window: window)
        #expect(first.isEverything && events(first) == ["a.ics", "b.ics"])
        #expect(first.objects.allSatisfy { String(decoding: $0.data, as: UTF8.self).contains("Jürgen & <Co>") })
        #expect(door.asked() == ["PROPFIND propfind", "REPORT calendar-query"])

        let version = try #require(first.version)
        let second = try await client.changes(in: client.collections()[0], since: version, window: window)
        #expect(!second.isEverything && second.objects.isEmpty && second.removed.isEmpty && second.version == version)
        #expect(door.asked() == ["PROPFIND propfind"])

        try server.put("a", at: "20270113T090000Z", in: "lessons")
        try server.put("c", at: "20270114T090000Z", in: "lessons")
        try server.remove("b", from: "lessons")
        let third = try await client.changes(in: client.collections()[0], since: version, window: window)
        #expect(!third.isEverything && events(third) == ["a.ics", "c.ics"])
        #expect(third.removed.map { $0.split(separator: "/").last } == ["b.ics"])
        #expect(third.version != nil && third.version != version)
        #expect(door.asked() == ["PROPFIND propfind", "REPORT sync-collection", "REPORT calendar-multiget"])
    }

    @Test(arguments: CalendarServer.Kind.allCases)
    func `reads everything again where the server has forgotten the version`(kind: CalendarServer.Kind) async throws {
        let server = try CalendarServer(kind)
        try server.make("lessons")
        try server.put("a", at: "20270111T090000Z", in: "lessons")
        let client = try client("\(server.address)\(server.home)/lessons/")
        let changes = try await client.changes(
            in: client.collections()[0], since: "http://example.org/ns/sync/1", window: window)
        #expect(changes.isEverything && events(changes) == ["a.ics"])
    }

    @Test func `asks when somebody is busy where it may not read what they do`() async throws {
        let server = try CalendarServer(.xandikos)
        try server.put("a", at: "20270111T090000Z", in: "calendar")
        let door = Door { request in
            request.method == .propfind
                || !String(decoding: request.body ?? [], as: UTF8.self).contains("free-busy-query")
        }
        let client = try client(server.address + "/alice/calendars/calendar/", transport: door)
        let changes = try await client.changes(in: client.collections()[0], since: nil, window: window)
        let text = String(decoding: try #require(changes.objects.first).data, as: UTF8.self)
        #expect(text.contains("BEGIN:VFREEBUSY") && text.contains("20270111T090000Z/PT1H"))
    }

    @Test func `reads the calendars of another who lets it, and says where a password is wrong`() async throws {
        let server = try CalendarServer(.radicale)
        try server.make("lessons")
        let found = try await client(server.address + "/alice/", user: "muster").collections()
        #expect(found.map(\.url.path) == ["/alice/lessons/"] || found.map(\.url.path) == ["/alice/lessons"])
        await #expect(throws: TransportError.self) {
            try await client(server.address + "/alice/", user: "mallory").collections()
        }
        // What is muster's own is not taken for Alice's.
        await #expect(throws: TransportError.self) {
            try await client(server.address + "/nobody/", user: "muster").collections()
        }
    }

    @Test func `knows which calendars keep nobody busy`() async throws {
        let server = try CalendarServer(.radicale)
        try server.make("lessons")
        try server.make(
            "tasks",
            properties:
                "<c:supported-calendar-component-set><c:comp name=\"VTODO\"/></c:supported-calendar-component-set>"
        )
        let found = try await client(server.address).collections()
        #expect(found.filter(\.keepsBusy).map { $0.url.pathComponents.last } == ["lessons"] && found.count == 2)
    }
}
