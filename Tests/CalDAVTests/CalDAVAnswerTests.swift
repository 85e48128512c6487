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

    private static func event(_ name: String, below path: String = "/alice/", _ text: String = "BEGIN:VCALENDAR")
        -> String
    {
        """
        <response><href>\(path)\(name).ics</href><propstat><prop>
        <c:calendar-data xmlns:c="urn:ietf:params:xml:ns:caldav">\(text)</c:calendar-data></prop>
        <status>HTTP/1.1 200 OK</status></propstat></response>
        """
    }

    private static func answer(_ responses: String..., token: String = "") -> HTTPResponse {
        list("<multistatus xmlns=\"DAV:\">\(responses.joined())\(token)</multistatus>")
    }

    @Test(arguments: [
        "a\u{1}b", "a & b", "a &nbsp; b", "a &#0; b &#x1F; c", "a <![CDATA[x & y\u{2}]]> b",
    ])
    func `loses nothing of a calendar in one event of which something odd stands`(text: String) async throws {
        let script = Script { request in
            request.method == .propfind ? Self.calendar : Self.answer(Self.event("1", text), Self.event("2"))
        }
        let client = try client(script)
        let collection = try #require(try await client.collections().first)
        let changes = try await client.changes(in: collection, since: nil, window: window)
        #expect(changes.objects.map(\.path) == ["/alice/1.ics", "/alice/2.ics"])
        #expect(changes.remarks == ["answers with XML that is not well-formed; it was mended"])
        let kept = String(decoding: changes.objects[0].data, as: UTF8.self)
        #expect(kept.hasPrefix("a ") && kept.utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test func `reads bytes of another character set, and space before the declaration`() async throws {
        let text =
            "\n <?xml version='1.0' encoding='utf-8'?><d:multistatus>\(Self.event("1", "J\u{FC}rgen").replacing("<response>", with: "<D:response xmlns='DAV:'>").replacing("</response>", with: "</D:response>"))</d:multistatus>"
        var bytes = Array(text.utf8)
        let start = try #require(bytes.firstIndex(of: 0xC3))
        bytes.replaceSubrange(start...start + 1, with: [0xFC])
        let body = bytes
        let script = Script { request in
            request.method == .propfind ? Self.calendar : HTTPResponse(status: 207, body: body)
        }
        let client = try client(script)
        let collection = try #require(try await client.collections().first)
        let changes = try await client.changes(in: collection, since: nil, window: window)
        #expect(changes.objects.map { String(decoding: $0.data, as: UTF8.self) } == ["J\u{FC}rgen"])
    }

    /// Two events are said to have changed; what is told of them differs.
    private func changes(
        multiget: HTTPResponse, everything: HTTPResponse = answer(event("all"))
    ) async throws -> CollectionChanges {
        let script = Script { request in
            let body = String(decoding: request.body ?? [], as: UTF8.self)
            if request.method == .propfind { return Self.calendar }
            if body.contains("sync-collection") {
                let etag = "<propstat><prop><getetag>1</getetag></prop><status>HTTP/1.1 200 OK</status></propstat>"
                return Self.answer(
                    "<response><href>/alice/1.ics</href>\(etag)</response><response><href>/alice/2.ics</href>\(etag)</response>",
                    token: "<sync-token>2</sync-token>")
            }
            return body.contains("multiget") ? multiget : everything
        }
        let client = try client(script)
        let collection = try #require(try await client.collections().first)
        return try await client.changes(in: collection, since: "1", window: window)
    }

    @Test func `reads everything anew where an event that changed is not told`() async throws {
        let changes = try await changes(multiget: Self.answer(Self.event("1")))
        #expect(changes.isEverything && changes.objects.map(\.path) == ["/alice/all.ics"])
    }

    @Test func `takes an event below another path for the one that was asked for`() async throws {
        let changes = try await changes(
            multiget: Self.answer(
                Self.event("1", below: "/dav/users/alice/"), Self.event("2", below: "/dav/users/alice/")))
        #expect(!changes.isEverything && changes.objects.map(\.path) == ["/alice/1.ics", "/alice/2.ics"])
    }

    @Test func `takes an event of which nothing is found for one that is gone`() async throws {
        let gone =
            "<response><href>/alice/2.ics</href><propstat><prop><getetag/></prop><status>HTTP/1.1 404 Not Found</status></propstat></response>"
        let changes = try await changes(multiget: Self.answer(Self.event("1"), gone))
        #expect(!changes.isEverything && changes.objects.map(\.path) == ["/alice/1.ics"])
        #expect(changes.removed == ["/alice/2.ics"])
    }

    @Test func `asks for halves of a window of which not all is told, and gives up where that does not help`()
        async throws
    {
        let more = "<response><href>/alice/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"
        let script = Script { request in
            guard request.method != .propfind else { return Self.calendar }
            let body = String(decoding: request.body ?? [], as: UTF8.self)
            let start = body.firstRange(of: "start=\"").map { String(body[$0.upperBound...].prefix(8)) } ?? ""
            let isWhole = body.contains("start=\"20270101T000000Z\" end=\"20270720T000000Z\"")
            return isWhole ? Self.answer(Self.event("x"), more) : Self.answer(Self.event("x"), Self.event(start))
        }
        let collection = try #require(try await client(script).collections().first)
        let changes = try await client(script).changes(in: collection, since: nil, window: window)
        #expect(changes.objects.map(\.path) == ["/alice/20270101.ics", "/alice/20270411.ics", "/alice/x.ics"])
        let endless = Script { request in
            request.method == .propfind ? Self.calendar : Self.answer(Self.event("x"), more)
        }
        await #expect(throws: TransportError.self) {
            try await client(endless).changes(in: collection, since: nil, window: window)
        }
        #expect(endless.asked.count < 20)
    }
}
