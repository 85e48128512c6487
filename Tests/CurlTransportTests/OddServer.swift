import Foundation
import MusterTestSupport

/// A web server that answers as odd ones do; it ends with the value.
final class OddServer {
    let address: String
    private let process = Process()

    init() throws {
        let port = try LoopbackPort.free(1)[0]
        address = "http://127.0.0.1:\(port)"
        process.executableURL = URL(
            fileURLWithPath: ProcessInfo.processInfo.environment["MUSTER_PYTHON"] ?? ".venv/bin/python")
        process.arguments = ["-c", Self.script, "\(port)"]
        try process.run()
        try LoopbackPort.waitForAnswer(on: port)
    }

    deinit { process.end() }

    private static let script = """
        import sys, http.server
        PORT = int(sys.argv[1])

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments): pass

            def answer(self, status, body=b'calendar', **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace('_', '-'), value)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                first, _, rest = self.path[1:].partition('/')
                if first == 'cookie':
                    if 'seen=yes' in self.headers.get('Cookie', ''):
                        return self.answer(200)
                    return self.answer(302, b'', Location=self.path, Set_Cookie='seen=yes')
                if first == 'cookies':
                    return self.answer(200, self.headers.get('Cookie', 'none').encode())
                if first == 'webcal':
                    return self.answer(302, b'', Location=f'WebCal://{rest}')
                if first == 'authorization':
                    return self.answer(200, self.headers.get('Authorization', 'none').encode())
                if first == 'encoding':
                    return self.answer(200, Content_Encoding=rest)
                if first == 'status':
                    return self.answer(int(rest))
                if first == 'loop':
                    return self.answer(302, b'', Location=self.path)
                if first == 'large':
                    return self.answer(200, b'x' * int(rest))
                self.answer(404)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        Server(('127.0.0.1', PORT), Handler).serve_forever()
        """
}
