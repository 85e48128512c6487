import CivilTime
import Foundation
import MusterTestSupport
import MusterWeb
import Synchronization
import Testing

@Suite struct `The page on which one answers` {
    /// Answers that were taken, each as `token answer comment`.
    private final class Taken: Sendable {
        let answers = Mutex<[String]>([])
        let outcome = Mutex(AnswerPages.Outcome.kept)
    }

    private let token = String(repeating: "a", count: 72)

    /// Serves one page while something is asked of it.
    private func serving(_ taken: Taken, _ body: (Int) async throws -> Void) async throws {
        let port = try LoopbackPort.free(1)[0]
        let answers = AnswerPages(
            now: { Instant(seconds: 1_800_000_000) },
            find: { [token] in
                $0 == token
                    ? AnswerPages.Page(
                        title: "Review at <b>Oakford\"", partnership: "Tamar & Mersey",
                        rows: [("When", ["Thu 14 Jan <script>"])],
                        answer: taken.answers.withLock { $0.last }.map { "You said \($0)." }) : nil
            },
            answer: { token, answer, comment in
                let outcome = taken.outcome.withLock { $0 }
                if case .kept = outcome { taken.answers.withLock { $0.append("\(answer) \(comment)") } }
                return outcome
            })
        let workspace = try PageWorld(address: "http://127.0.0.1:\(port)").workspace()
        let server = try PageServer(
            host: "127.0.0.1", port: port, address: "http://127.0.0.1:\(port)", answers: answers,
            workspace: { workspace })
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (opened, open) = AsyncStream<Void>.makeStream()
            group.addTask { try await server.run { open.yield() } }
            for await _ in opened { break }
            try await body(port)
            group.cancelAll()
        }
    }

    private func post(_ body: String, from site: String = "same-origin") -> HTTPClient.Request {
        HTTPClient.Request(
            "POST", "/answer/\(token)",
            ["Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": site], body: body)
    }

    @Test func `changes nothing by being read, and is safe whatever it says`() async throws {
        let taken = Taken()
        try await serving(taken) { port in
            for method in ["GET", "HEAD"] {
                for path in ["/answer/\(token)", "/answer/\(token)?answer=accepted", "/answer/\(token)?done"] {
                    let answer = try await HTTPClient.ask(HTTPClient.Request(method, path), of: port)
                    #expect(answer.status == 200 && answer["Cache-Control"] == "no-store")
                    #expect(answer["Content-Security-Policy"]?.contains("default-src 'none'") == true)
                    #expect(answer["Referrer-Policy"] == "no-referrer")
                    guard method == "GET" else { continue }
                    let html = answer.body
                    #expect(html.contains("&lt;b&gt;Oakford") && !html.contains("<script"))
                    #expect(!html.contains("checked"), "no choice is made for anybody")
                    #expect(html.utf8.count < 50_000)
                }
            }
            let style = try await HTTPClient.ask(HTTPClient.Request("GET", "/style.css"), of: port)
            #expect(style.status == 200 && style["Content-Type"]?.hasPrefix("text/css") == true)
            let other = try await HTTPClient.ask(HTTPClient.Request("GET", "/answer/b"), of: port)
            #expect(other.status == 404)
            #expect(try await HTTPClient.ask(HTTPClient.Request("GET", "/metrics"), of: port).status == 404)
        }
        #expect(taken.answers.withLock { $0.isEmpty })
    }

    @Test func `takes a choice, and nothing without one`() async throws {
        let taken = Taken()
        try await serving(taken) { port in
            for (body, status) in [
                ("", 400), ("comment=hello", 400), ("answer=", 400), ("answer=maybe", 400), ("answer", 400),
                ("%%%=&answer=%ZZ", 400), ("answer=accepted", 303), ("comment=a+%26+b%0Ac&answer=declined", 303),
                ("answer=tentative&answer=accepted", 303),
            ] {
                let answer = try await HTTPClient.ask(post(body), of: port)
                #expect(answer.status == status, "\(body)")
                if status == 303 { #expect(answer["Location"] == "/answer/\(token)?done") }
            }
            let elsewhere = try await HTTPClient.ask(post("answer=accepted", from: "cross-site"), of: port)
            #expect(elsewhere.status == 403)
            taken.outcome.withLock { $0 = .tooSoon }
            #expect(try await HTTPClient.ask(post("answer=accepted"), of: port).status == 409)
            let large = String(repeating: "x", count: 20_000)
            #expect(try await HTTPClient.ask(post("answer=accepted&comment=\(large)"), of: port).status == 413)
            let html = try await HTTPClient.ask(HTTPClient.Request("GET", "/answer/\(token)?done"), of: port).body
            #expect(html.contains("Thank you. You said tentative"))
        }
        #expect(taken.answers.withLock { $0 } == ["accepted ", "declined a & b\nc", "tentative "])
    }
}
