import CalDAV
import CivilTime
import Foundation
import Synchronization
import Testing
import Transport

/// Answers each address as a test says, and keeps what it was asked.
private final class Script: HTTPTransport {
    private let answer: @Sendable (HTTPRequest) -> HTTPResponse
    private let log = Mutex<[HTTPRequest]>([])

    init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) {
        self.answer = answer
    }

    var asked: [HTTPRequest] { log.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        log.withLock { $0.append(request) }
        return answer(request)
    }
}

@Suite struct `A CalDAV client with an odd server` {
    private let window = Instant(seconds: 1_798_761_600)..<Instant(seconds: 1_798_761_600 + 200 * 86_400)

    private func client(
        _ script: Script, at address: String = "https://cal.example/alice/",
        limits: CalDAVClient.Limits = CalDAVClient.Limits()
    ) throws -> CalDAVClient {
        CalDAVClient(address: try #require(URL(string: address)), transport: script, limits: limits) {
            $0.host == "cal.example" ? "Basic secret" : nil
        }
    }

    private static func redirect(to location: String) -> HTTPResponse {
        HTTPResponse(status: 302, head: Array("HTTP/1.1 302 Found\nLocation: \(location)\n".utf8))
    }

    private static func list(_ text: String) -> HTTPResponse {
        HTTPResponse(status: 207, body: Array(text.utf8))
    }

    private static let calendar = list(
        """
        <multistatus xmlns="DAV:"><response><href>/alice/</href><propstat><prop><resourcetype><collection/>
        <calendar xmlns="urn:ietf:params:xml:ns:caldav"/></resourcetype><sync-token>2</sync-token></prop>
        <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>
        """)

    @Test(arguments: [
        """
        <multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response><href>/a/</href><propstat><prop>
        <resourcetype><collection/><C:calendar/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat>
        </response></multistatus>
        """,
        """
        <?xml version="1.0" encoding="ISO-8859-1"?><ns0:multistatus xmlns:ns0="DAV:"><ns0:response>
        <ns0:href> https://cal.example/a/ </ns0:href><ns0:propstat><ns0:status>HTTP/1.1 404 Not Found</ns0:status>
        <ns0:prop><ns0:displayname/></ns0:prop></ns0:propstat><ns0:propstat><ns0:status>HTTP/1.1 200 OK</ns0:status>
        <ns0:prop><ns0:resourcetype><ns0:collection/><calendar xmlns='urn:ietf:params:xml:ns:caldav'></calendar>
        </ns0:resourcetype></ns0:prop></ns0:propstat></ns0:response></ns0:multistatus>
        """,
        """
        <x:multistatus xmlns:x="DAV:"><x:response><x:href><![CDATA[/b/../a/]]></x:href><x:propstat><x:prop>
        <x:resourcetype><y:calendar xmlns:y="urn:ietf:params:xml:ns:caldav"/></x:resourcetype></x:prop></x:propstat>
        </x:response></x:multistatus>
        """,
    ])
    func `is understood in any spelling of namespaces and addresses`(text: String) async throws {
        let script = Script { _ in Self.list(text) }
        let found = try await client(script, at: "https://cal.example/").collections()
        #expect(found.map(\.url.absoluteString) == ["https://cal.example/a/"])
    }

    @Test(arguments: [
        "", "<html>Sign in</html>", "<multistatus xmlns='urn:other'/>", "<multistatus xmlns='DAV:'>",
        String(repeating: "<a>", count: 100_000), "<multistatus xmlns='DAV:'><?x?></multistatus>",
        "<!DOCTYPE m [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><multistatus xmlns='DAV:'>&b;</multistatus>",
        "<!DOCTYPE m [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><multistatus xmlns='DAV:'><response><href>&f;</href></response></multistatus>",
    ])
    func `says so where an answer is none, and reads nothing into it`(text: String) async throws {
        let script = Script { _ in Self.list(text) }
        await #expect(throws: TransportError.self) { try await client(script).collections() }
    }

    @Test func `gives properties to one resource, and only a status to many`() async throws {
        let references = (0..<500).map { "<href>/alice/\($0).ics</href>" }.joined()
        let properties = String(repeating: "<a/>", count: 500)
        let script = Script { request in
            request.method == .propfind
                ? Self.calendar
                : Self.list(
                    """
                    <multistatus xmlns="DAV:"><response>\(references)<propstat><prop>\(properties)
                    <calendar-data xmlns="urn:ietf:params:xml:ns:caldav">BEGIN:VCALENDAR</calendar-data></prop>
                    <status>HTTP/1.1 200 OK</status></propstat></response><response>\(references)
                    <status>HTTP/1.1 404 Not Found</status></response><sync-token>2</sync-token></multistatus>
                    """)
        }
        let client = try client(script)
        let changes = try await client.changes(in: client.collections()[0], since: "1", window: window)
        #expect(changes.objects.map(\.path) == ["/alice/0.ics"])
        #expect(Set(changes.removed).count == 500)
    }

    @Test func `knows a namespace by what it is, however long others are`() async throws {
        let long = String(repeating: "n", count: 100_000)
        let noise = String(repeating: "<x:a/>", count: 3000)
        let script = Script { _ in
            Self.list(
                """
                <m:multistatus xmlns:m="DAV:" xmlns:x="\(long)"><m:response><x:href>/x/</x:href><m:href>/a/</m:href>
                <m:propstat><m:prop>\(noise)<x:resourcetype/><m:resourcetype xmlns:m="other"/><m:resourcetype>
                <m:calendar/><calendar xmlns="urn:ietf:params:xml:ns:caldav"/></m:resourcetype></m:prop></m:propstat>
                </m:response></m:multistatus>
                """)
        }
        let found = try await client(script, at: "https://cal.example/").collections()
        #expect(found.map(\.url.absoluteString) == ["https://cal.example/a/"])
    }

    @Test(arguments: ["<a/>", "<a b='' c=''/>"])
    func `refuses an answer of more elements than one may have`(element: String) async throws {
        let text = "<multistatus xmlns='DAV:'>\(String(repeating: element, count: 1001))</multistatus>"
        let script = Script { _ in Self.list(text) }
        var limits = CalDAVClient.Limits()
        limits.elements = 1000
        let client = try client(script, limits: limits)
        let error = await #expect(throws: TransportError.self) { try await client.collections() }
        #expect(error?.description == "what it answered is not CalDAV, or has more than 1000 elements")
    }

    @Test func `refuses more folders of calendars than anybody has`() async throws {
        let homes = String(repeating: "<d:href>/b/</d:href>", count: 101)
        let script = Script { _ in
            Self.list(
                """
                <d:multistatus xmlns:d="DAV:"><d:response><d:href>/alice/</d:href><d:propstat><d:prop>
                <calendar-home-set xmlns="urn:ietf:params:xml:ns:caldav">\(homes)</calendar-home-set></d:prop>
                </d:propstat></d:response></d:multistatus>
                """)
        }
        await #expect(throws: TransportError.self) { try await client(script).collections() }
        #expect(script.asked.count == 1)
    }

    @Test func `asks for everything where changes do not end`() async throws {
        let page = (0..<300).map { "<response><href>/alice/\($0).ics</href><propstat/></response>" }.joined()
        let script = Script { request in
            let text = String(decoding: request.body ?? [], as: UTF8.self)
            if request.method == .propfind { return Self.calendar }
            if text.contains("calendar-query") { return Self.list("<multistatus xmlns='DAV:'/>") }
            return Self.list(
                """
                <multistatus xmlns="DAV:">\(page)<response><href>/alice/</href>
                <status>HTTP/1.1 507 Insufficient Storage</status></response><sync-token>3</sync-token></multistatus>
                """)
        }
        var limits = CalDAVClient.Limits()
        limits.changes = 1000
        let client = try client(script, limits: limits)
        let changes = try await client.changes(in: client.collections()[0], since: "1", window: window)
        #expect(changes.isEverything && script.asked.count == 6)
    }

    @Test(arguments: [
        (401, TransportError.Kind.authentication), (403, .authentication), (404, .refused), (503, .deferred),
        (200, .refused),
    ])
    func `says what kind of trouble a status is`(status: Int, kind: TransportError.Kind) async throws {
        let script = Script { _ in
            HTTPResponse(status: status, head: Array("HTTP/1.1 \(status) X\nRetry-After: 120\n".utf8))
        }
        let error = await #expect(throws: TransportError.self) {
            try await client(script, at: "https://cal.example/").collections()
        }
        #expect(error?.kind == kind && error?.retryAfter == (kind == .deferred ? 120 : nil))
    }

    @Test func `follows redirects, but shows the password to no other host and never enters a private network`()
        async throws
    {
        let script = Script { request in
            switch request.url {
            case "https://cal.example/.well-known/caldav": Self.redirect(to: "//dav.example/x/")
            case "https://dav.example/x/": Self.redirect(to: "https://10.0.0.1/")
            default: Self.calendar
            }
        }
        _ = try await client(script, at: "https://cal.example").collections()
        let asked = script.asked
        #expect(asked.map(\.url).last == "https://10.0.0.1/")
        #expect(asked.map { $0.headers.contains { $0.name == "Authorization" } } == [true, false, false])
        // The transport itself keeps out of private networks; it must be told to.
        #expect(asked.map { $0.privateNetworks == .refused } == [false, true, true])
    }

    @Test(arguments: ["https://cal.example/alice/", "file:///etc/passwd", ""])
    func `gives up where redirects lead nowhere`(location: String) async throws {
        let script = Script { _ in Self.redirect(to: location) }
        await #expect(throws: TransportError.self) { try await client(script).collections() }
        #expect(script.asked.count <= 6)
    }

    @Test func `asks again where changes come in pages`() async throws {
        let script = Script { request in
            let text = String(decoding: request.body ?? [], as: UTF8.self)
            if request.method == .propfind { return Self.calendar }
            if text.contains("multiget") {
                return Self.list(
                    """
                    <multistatus xmlns="DAV:"><response><href>/alice/a%20b.ics</href><propstat><prop>
                    <calendar-data xmlns="urn:ietf:params:xml:ns:caldav">BEGIN:VCALENDAR</calendar-data></prop>
                    <status>HTTP/1.1 200 OK</status></propstat></response><response><href>/alice/c.ics</href>
                    <status>HTTP/1.1 404 Not Found</status></response></multistatus>
                    """)
            }
            return text.contains("<d:sync-token>1<")
                ? Self.list(
                    """
                    <multistatus xmlns="DAV:"><response><href>/alice/a%20b.ics</href><propstat><prop/>
                    <status>HTTP/1.1 200 OK</status></propstat></response><response><href>/alice/</href>
                    <status>HTTP/1.1 507 Insufficient Storage</status></response><sync-token>1&amp;</sync-token></multistatus>
                    """)
                : Self.list(
                    """
                    <multistatus xmlns="DAV:"><response><href>/alice/c.ics</href><propstat><prop/>
                    <status>HTTP/1.1 200 OK</status></propstat></response><response><href>/alice/d.ics</href>
                    <status>HTTP/1.1 404 Not Found</status></response><sync-token>2</sync-token></multistatus>
                    """)
        }
        let client = try client(script)
        let changes = try await client.changes(in: client.collections()[0], since: "1", window: window)
        #expect(changes.objects.map(\.path) == ["/alice/a b.ics"] && changes.version == "2" && !changes.isEverything)
        #expect(changes.removed == ["/alice/d.ics", "/alice/c.ics"])
        let questions = script.asked.map { String(decoding: $0.body ?? [], as: UTF8.self) }
        #expect(questions[2].contains("<d:sync-token>1&amp;</d:sync-token>"))
        #expect(questions[3].contains("<d:href>/alice/a%20b.ics</d:href><d:href>/alice/c.ics</d:href>"))
    }
}
