import Foundation
import MusterTestSupport
import Testing

@Suite(.serialized) struct `The server of feeds` {
    private static let published = "Tue, 24 Nov 2026 09:00:00 GMT"

    private let daemon: DaemonProcess
    private let port: Int
    private let operationsPort: Int
    private let feed: String

    init() throws {
        let ports = try LoopbackPort.free(2)
        (port, operationsPort) = (ports[0], ports[1])
        let files = try ProgrammeFiles(
            operator: "listen: 127.0.0.1:\(operationsPort)\nfeeds: { listen: 127.0.0.1:\(port) }")
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        let address = try muster("feed", "create", "person:m.khan").output.trimmingCharacters(in: .newlines)
        feed = try #require(URL(string: address)).path
        daemon = try DaemonProcess(files)
        _ = try daemon.wait(for: "READY=1")
        try LoopbackPort.waitForAnswer(on: port)
    }

    private func answers(to requests: [HTTPClient.Request]) throws -> [HTTPClient.Answer] {
        try HTTPClient.send(requests, to: port)
    }

    @Test func `gives a calendar with all that a program needs to ask for it again`() throws {
        let answers = try answers(to: ["GET", "HEAD"].map { HTTPClient.Request($0, feed) })
        let answer = try #require(answers.first)
        #expect(answer.status == 200 && answer.body.hasPrefix("BEGIN:VCALENDAR\r\n"))
        for (name, value) in [
            ("content-type", "text/calendar; charset=utf-8"), ("last-modified", Self.published),
            ("cache-control", "private, no-cache"), ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex, nofollow"), ("x-content-type-options", "nosniff"),
            ("content-length", "\(answer.body.utf8.count)"),
        ] { #expect(answer.headers[name] == value, "\(name)") }
        #expect(answer.headers["etag"]?.wholeMatch(of: /"[0-9a-f]{32}"/) != nil)
        let head = try #require(answers.last)
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.headers.filter { $0.key != "date" } == answer.headers.filter { $0.key != "date" })
    }

    @Test func `says that nothing changed to those who have it, and to nobody else`() throws {
        let tag = try #require(try answers(to: [HTTPClient.Request("GET", feed)]).first?.headers["etag"])
        let conditions: [(headers: [String: String], status: Int)] = [
            (["If-None-Match": tag], 304), (["If-None-Match": "W/" + tag], 304), (["If-None-Match": "*"], 304),
            (["If-None-Match": "\"old\",\t" + tag], 304), (["If-None-Match": "\"old\""], 200),
            (["If-Modified-Since": Self.published], 304),
            (["If-Modified-Since": "Tue, 24 Nov 2026 08:59:59 GMT"], 200), (["If-Modified-Since": "yesterday"], 200),
            (["If-None-Match": "\"old\"", "If-Modified-Since": Self.published], 200),
        ]
        let answers = try answers(
            to: conditions.flatMap { condition in
                ["GET", "HEAD"].map { HTTPClient.Request($0, feed, condition.headers) }
            })
        #expect(answers.map(\.status) == conditions.flatMap { [$0.status, $0.status] })
        for answer in answers where answer.status == 304 {
            #expect(answer.headers["etag"] == tag && answer.headers["last-modified"] == Self.published)
            #expect(answer.headers["content-length"] == nil && answer.body.isEmpty, "\(answer.headers)")
        }
    }

    @Test func `answers to nothing else, and always the same`() throws {
        let paths = [
            "/feeds/\(String(repeating: "b2", count: 20)).ics", String(feed.dropLast(4)), "/feeds/x.ics", "/feeds/.ics",
            "/feeds/%00.ics", "/feeds/..%2Fmetrics.ics", feed.uppercased().replacing("/FEEDS", with: "/feeds"),
        ]
        let answers = try answers(to: paths.map { HTTPClient.Request("GET", $0) })
        #expect(Set(answers.map { "\($0.status) \($0.body)" }) == ["404 There is no such feed.\n"])
        #expect(Set(answers.map { $0.headers.filter { $0.key != "date" } }).count == 1, "\(answers)")
        let others = try self.answers(
            to: ["/metrics", "/healthz", "/", "/feeds/", "/feeds"].map { HTTPClient.Request("GET", $0) }
                + [HTTPClient.Request("POST", feed), HTTPClient.Request("DELETE", feed)])
        #expect(others.allSatisfy { $0.status == 404 }, "\(others)")
    }

    @Test func `lets a feed be read so often at most`() throws {
        let asked = Array(repeating: HTTPClient.Request("GET", feed), count: 31)
        let answers = try answers(to: asked + [HTTPClient.Request("GET", "/feeds/x.ics")])
        #expect(
            answers.map(\.status) == Array(repeating: 200, count: 30) + [429, 404], "who guesses has another bucket")
        #expect(answers[30].headers["retry-after"] == "5", "\(answers[30])")
    }

    @Test func `counts what it answered, for those who watch it`() throws {
        let tag = try #require(try answers(to: [HTTPClient.Request("GET", feed)]).first?.headers["etag"])
        let known = [HTTPClient.Request("GET", feed, ["If-None-Match": tag]), HTTPClient.Request("HEAD", feed)]
        let guesses = Array(repeating: HTTPClient.Request("GET", "/feeds/x.ics"), count: 61)
        _ = try answers(to: known + guesses + [HTTPClient.Request("GET", "/metrics")])
        try LoopbackPort.waitForAnswer(on: operationsPort)
        let metrics = try #require(
            try HTTPClient.send([HTTPClient.Request("GET", "/metrics")], to: operationsPort).first)
        let counts = metrics.body.split(separator: "\n").filter { $0.contains("muster_feed_requests_total") }
        #expect(
            counts == [
                "# HELP muster_feed_requests_total Requests for feeds by the status of the answer, since the start.",
                "# TYPE muster_feed_requests_total counter",
            ]
                + [(200, 2), (304, 1), (404, 60), (429, 1), (500, 0)].map { status, count in
                    "muster_feed_requests_total{programme=\"config\",status=\"\(status)\"} \(count)"
                })
    }

    @Test func `lets nobody guess for long, and those who know go on`() throws {
        let guesses = Array(repeating: HTTPClient.Request("GET", "/feeds/x.ics"), count: 61)
        let answers = try answers(to: guesses + [HTTPClient.Request("GET", feed)])
        #expect(answers.map(\.status) == Array(repeating: 404, count: 60) + [429, 200])
    }
}
