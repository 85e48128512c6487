import CivilTime
import Glibc
import MusterCalendars
import MusterConfiguration
import MusterModel
import MusterTestSupport
import Synchronization
import Testing
import Transport

/// Has nothing, and keeps what it was asked.
private final class Nowhere: HTTPTransport {
    private let last = Mutex<HTTPRequest?>(nil)

    var asked: HTTPRequest? { last.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        last.withLock { $0 = request }
        return HTTPResponse(status: 404)
    }
}

@Suite struct `Getting calendars` {
    private struct Missing: Error, CustomStringConvertible { let description = "the secret is not there" }

    private let logins = [
        CalendarLogin(host: "school.example", user: "muster", password: .success("all")),
        CalendarLogin(host: "cal.school.example", user: "alice", password: .success("a")),
        CalendarLogin(host: "cal.school.example", user: "bob", password: .success("b")),
        CalendarLogin(host: "dav.example", token: .success("t")),
        CalendarLogin(host: "lost.example", token: .failure(Missing())),
        CalendarLogin(host: "127.0.0.1", token: .success("here")),
        CalendarLogin(host: "ports.example:8443", token: .success("p")),
        CalendarLogin(host: "ports.example:443", token: .success("usual")),
    ]

    private func ask(_ location: String) async -> (request: HTTPRequest?, answer: FetchResult) {
        let transport = Nowhere()
        let fetcher = CalendarFetcher(
            transport: transport, configuration: Configuration.Calendars(), logins: logins)
        let now = Instant(seconds: 1_798_761_600)
        let answer = await fetcher.fetch(CalendarSource(location: location), previous: nil, window: now..<now + 1)
        return (transport.asked, answer)
    }

    @Test(
        arguments: [
            ("https://school.example/a.ics", "Basic bXVzdGVyOmFsbA=="),
            ("https://www.School.example/a.ics", "Basic bXVzdGVyOmFsbA=="),
            ("https://alice@cal.school.example/a.ics", "Basic YWxpY2U6YQ=="),
            ("caldavs://bob@cal.school.example/bob/", "Basic Ym9iOmI="),
            ("caldavs://dav.example/x/", "Bearer t"),
            ("http://127.0.0.1:8080/a.ics", "Bearer here"),
            ("https://ports.example:8443/a.ics", "Bearer p"),
            ("https://ports.example/a.ics", "Bearer usual"),
            ("https://ports.example:9443/a.ics", nil),
            // Without TLS, and to whom it does not belong, nothing goes.
            ("http://school.example/a.ics", nil),
            ("caldav://dav.example/x/", nil),
            ("https://otherschool.example/a.ics", nil),
            ("https://school.example.evil.example/a.ics", nil),
        ] as [(String, String?)])
    func `shows a login to its host, over TLS`(location: String, header: String?) async {
        let request = await ask(location).request
        #expect(request?.headers.first { $0.name == "Authorization" }?.value == header)
        #expect(request?.url.contains("@") == false)
    }

    @Test func `asks nobody where a password cannot be had`() async throws {
        let (request, answer) = await ask("caldavs://lost.example/x/")
        #expect(request == nil)
        guard case .failed(let reason, _) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reason.contains("the secret is not there"))
    }

    @Test func `waits for no pipe that is named as a calendar`() async throws {
        let folder = try TemporaryDirectory()
        let pipe = folder.path + "/pipe.ics"
        try #require(mkfifo(pipe, 0o600) == 0)
        for location in [pipe, "/dev/zero"] {
            guard case .failed("is no file", nil) = await ask(location).answer else {
                Issue.record("\(location) was read")
                continue
            }
        }
    }

    @Test(
        arguments: [
            ("cp a.ics b.ics", nil), ("gzip -c a.ics >b.ics", nil),
            ("gzip -c a.ics | head -c 60 >b.ics", "was cut off"),
            ("(gzip -c a.ics | head -c 40; echo rubbish; echo rubbish) >b.ics", "compressed file (gzip)"),
            ("(gzip -c a.ics | head -c 10; cat a.ics) >b.ics", "compressed file (gzip)"),
            // A file in two members, and padding after the last.
            ("(head -c 20 a.ics | gzip -c; tail -c +21 a.ics | gzip -c; head -c 9 /dev/zero) >b.ics", nil),
            ("head -c 17M /dev/zero | gzip -c >b.ics", "holds more than 16 MB"),
            ("head -c 15M /dev/zero | gzip -c >b.ics", "zeros"),
        ] as [(String, String?)])
    func `unpacks a compressed file that nothing says to be one`(command: String, outcome: String?) async throws {
        let folder = try TemporaryDirectory()
        let text = "BEGIN:VCALENDAR\r\n" + (0..<40).map { "X-LINE:\($0 * $0)\r\n" }.joined() + "END:VCALENDAR\r\n"
        try folder.write(text, to: "a.ics")
        #expect(try Subprocess.run("/bin/bash", ["-c", "cd '\(folder.path)'; \(command)"]).status == 0)
        switch await ask(folder.path + "/b.ics").answer {
        case .document(let bytes, _, _):
            let isWhole = bytes == Array(text.utf8)
            #expect(outcome == nil ? isWhole : outcome == "zeros" && bytes == [UInt8](repeating: 0, count: 15 << 20))
        case .failed(let reason, _): #expect(outcome.map(reason.contains) ?? false, "\(reason)")
        case let other: Issue.record("\(other)")
        }
    }
}

@Suite struct `A calendar whose reading the program did not survive` {
    private let source = CalendarSource(location: "calendars/head.ics")

    @Test func `is left aside for longer each time, six hours at most`() {
        let begun = Instant(seconds: 1_798_761_600)
        let pauses = (1...12).map { count in
            PollSchedule(interval: 3600).leftAside(source, after: UnfinishedReading(begun: begun, count: count)).map {
                $0 - begun
            }
        }
        #expect(pauses[0] == nil)
        let known = pauses.compactMap(\.self)
        #expect(known.count == 11 && zip(known, known.dropFirst()).allSatisfy { $0 <= $1 })
        #expect((240...300).contains(known[0]) && (5 * 3600...6 * 3600).contains(known[10]))
    }
}
