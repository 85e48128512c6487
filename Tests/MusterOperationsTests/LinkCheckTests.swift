import MusterConfiguration
import MusterTestSupport
import Testing
import Transport

@testable import MusterOperations

@Suite struct `The addresses of resources` {
    /// Answers with the status that the address names; 0 for no answer at all.
    private struct Answering: HTTPTransport {
        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let status = request.url.split(separator: "/").last.flatMap { Int($0) } ?? 0
            guard status > 0 else { throw TransportError(.unreachable, "no such host") }
            return HTTPResponse(status: status)
        }
    }

    @Test func `are asked where somebody wants that, and those that do not answer are named in order`() async throws {
        let files = try ProgrammeFiles()
        let numbers = [200, 404, 204, 0, 500, 301] + Array(repeating: 200, count: 20)
        let lines = numbers.enumerated().map { "  - { title: R\($0), link: https://resources.example/\($1) }" }
        try files.folder.write(
            "resources:\n\(lines.joined(separator: "\n"))\n", to: "config/programme/resources/all.yaml")
        let found = await ConfigCheck(config: files.config).brokenLinks(Answering()).map(\.message)
        #expect(found.count == 3 && found[0].contains("R1") && found[0].contains("404"), "\(found)")
        #expect(found[1].contains("R3") && found[1].contains("no such host") && found[2].contains("R4"))
    }
}
