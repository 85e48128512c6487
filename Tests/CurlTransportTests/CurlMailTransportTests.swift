import CurlTransport
import Foundation
import MusterTestSupport
import Testing
import Transport

/// A mail server that refuses every recipient with three lines, and keeps how it was greeted; it ends with the value.
private final class RefusingServer {
    let port: Int
    private let folder: TemporaryDirectory
    private let process = Process()

    init() throws {
        folder = try TemporaryDirectory()
        port = try LoopbackPort.free(1)[0]
        process.executableURL = URL(
            fileURLWithPath: ProcessInfo.processInfo.environment["MUSTER_PYTHON"] ?? ".venv/bin/python")
        process.arguments = ["-c", Self.script, "\(port)", folder.path + "/greeting"]
        try process.run()
        try LoopbackPort.waitForAnswer(on: port)
    }

    deinit { process.end() }

    var greeting: String? { try? String(contentsOfFile: folder.path + "/greeting", encoding: .utf8) }

    private static let script = """
        import sys, socketserver
        class Handler(socketserver.StreamRequestHandler):
            def say(self, *lines): self.wfile.write(''.join(line + '\\r\\n' for line in lines).encode())

            def handle(self):
                self.say('220 ready')
                for line in self.rfile:
                    verb = line[:4].decode().upper()
                    if verb == 'EHLO':
                        open(sys.argv[2], 'wb').write(line[5:].strip())
                        self.say('250-here', '250 SIZE 1000000')
                    elif verb == 'RCPT':
                        self.say('550-5.7.1 We do not take this', '550-5.7.1 from you.', '550 5.7.1 See https://x.example/why')
                    elif verb == 'QUIT':
                        return self.say('221 bye')
                    else:
                        self.say('250 ok')

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        Server(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
        """
}

@Suite struct `Sending to a mail server` {
    private func send(_ server: RefusingServer, greeting: String?) async -> TransportError? {
        let transport = CurlMailTransport(
            CurlMailTransport.Configuration(
                host: "127.0.0.1", port: server.port, security: .none, timeout: 20, greeting: greeting))
        let mail = MailEnvelope(
            sender: "a@x.example", recipient: "b@x.example", identifier: "1", message: Array("A: b\r\n\r\n".utf8))
        do {
            try await transport.send(mail, over: 0, once: .given)
            return nil
        } catch {
            return error
        }
    }

    @Test func `keeps every line of a refusal`() async throws {
        let error = await send(try RefusingServer(), greeting: nil)
        #expect(error?.kind == .refused && error?.status == 550)
        #expect(
            error?.description
                == "refused for good: 550 5.7.1 We do not take this 5.7.1 from you. 5.7.1 See https://x.example/why")
    }

    @Test func `greets by the name that it is given`() async throws {
        let server = try RefusingServer()
        _ = await send(server, greeting: "reviews.example.org")
        #expect(server.greeting == "reviews.example.org")
    }
}
