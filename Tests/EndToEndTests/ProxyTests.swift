import Foundation
import MusterTestSupport
import Testing

@Suite struct `The pages behind a web server` {
    private let muster: MusterProgram
    private let folder: TemporaryDirectory
    private let (port, pagePort): (Int, Int)
    private let base: String

    init() throws {
        let ports = try LoopbackPort.free(2)
        (port, pagePort) = (ports[0], ports[1])
        base = "https://localhost:\(port)"
        folder = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
        try Servers.makeCertificates(folder)
        muster = MusterProgram(
            files: try ProgrammeFiles(operator: "pages: { listen: 127.0.0.1:\(pagePort), address: \"\(base)\" }"))
        #expect(try muster("apply", "--yes").status == 0)
        #expect(try muster("send").status == 0)
    }

    /// The example of the documentation in that language, for this test's ports.
    private func example(_ language: String) throws -> String {
        let text = try String(contentsOfFile: projectFolder + "/config/README.md", encoding: .utf8)
        let blocks = text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let block = try #require(blocks.first { $0.hasPrefix(language + "\n") && $0.contains("127.0.0.1:9619") })
        return String(block.dropFirst(language.count + 1)).replacing("127.0.0.1:9619", with: "127.0.0.1:\(pagePort)")
    }

    private func start(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["HOME": folder.path, "XDG_DATA_HOME": folder.path, "XDG_CONFIG_HOME": folder.path]
        let log = try folder.write("", to: "log")
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        try LoopbackPort.waitForAnswer(on: port)
        return process
    }

    /// Signs in by link as a browser would, looks around, and sends forms from here and from elsewhere.
    private func visit() throws -> [String] {
        let link = try muster("sign-in", "coordinator@example.test").output.trimmingCharacters(
            in: .whitespacesAndNewlines)
        #expect(link.hasPrefix("\(base)/sign-in/"))
        let output = try Subprocess.python(
            """
            import http.client, ssl, sys, re
            port, authorities, link = int(sys.argv[1]), sys.argv[2], sys.argv[3]
            context = ssl.create_default_context(cafile=authorities)
            def ask(method, path, headers={}, body=None):
                connection = http.client.HTTPSConnection('localhost', port, context=context, timeout=240)
                connection.request(method, path, body, {'Content-Type': 'application/x-www-form-urlencoded', **headers})
                answer = connection.getresponse()
                return answer.status, answer.getheader('Set-Cookie') or '', answer.read().decode()
            here, elsewhere = {'Origin': f'https://localhost:{port}'}, {'Origin': 'https://evil.example'}
            path = '/' + link.split('/', 3)[3]
            print(ask('GET', '/')[0], ask('GET', path)[0], ask('POST', path, elsewhere)[0])
            status, cookie, _ = ask('POST', path, here)
            print(status, cookie.startswith('__Host-muster-session='), 'Secure' in cookie, 'HttpOnly' in cookie)
            signed = {'Cookie': cookie.split(';')[0]}
            status, _, page = ask('GET', '/', signed)
            form = re.search('name="form" value="([0-9a-f]+)"', page).group(1)
            print(status, 'Tamar Valley' in page)
            print(*(ask('POST', '/ask-again', {**signed, **origin}, f'form={form}')[0] for origin in (elsewhere, here)))
            """, ["\(port)", folder.path + "/ca.crt", link])
        return output.split(separator: "\n").map(String.init)
    }

    private static let visited = ["303 200 403", "303 True True True", "200 True", "403 303"]

    @Test func `are the same behind nginx, set up as the documentation says, which logs no address`() throws {
        let daemon = try DaemonProcess(muster.files)
        _ = try daemon.wait(for: "READY=1")
        let path = folder.path
        let config = try folder.write(
            """
            daemon off; pid \(path)/pid; error_log \(path)/errors; events {}
            http {
              access_log \(path)/accesses;
              client_body_temp_path \(path); proxy_temp_path \(path); fastcgi_temp_path \(path);
              uwsgi_temp_path \(path); scgi_temp_path \(path);
              server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(path)/server.crt; ssl_certificate_key \(path)/server.key;
                \(try example("nginx"))
              }
            }
            """, to: "nginx.conf")
        let server = try start("/usr/sbin/nginx", ["-e", path + "/errors", "-c", config])
        defer { server.end() }
        #expect(try visit() == Self.visited)
        #expect(try String(contentsOfFile: path + "/accesses", encoding: .utf8) == "")
        #expect(daemon.stop() == 0)
    }

    @Test func `are the same over a Unix socket, which a killed daemon may have left`() throws {
        let socket = folder.path + "/pages.sock"
        try muster.files.replace("listen: 127.0.0.1:\(pagePort)", with: "listen: \(socket)", in: "muster.yaml")
        let killed = try DaemonProcess(muster.files)
        _ = try killed.wait(for: "READY=1")
        #expect(Patience.until { FileManager.default.fileExists(atPath: socket) })
        killed.process.end()
        killed.process.waitUntilExit()
        let daemon = try DaemonProcess(muster.files)
        _ = try daemon.wait(for: "READY=1")
        let path = folder.path
        let config = try folder.write(
            """
            daemon off; pid \(path)/pid; error_log \(path)/errors; events {}
            http {
              access_log off;
              client_body_temp_path \(path); proxy_temp_path \(path); fastcgi_temp_path \(path);
              uwsgi_temp_path \(path); scgi_temp_path \(path);
              server {
                listen 127.0.0.1:\(port) ssl;
                ssl_certificate \(path)/server.crt; ssl_certificate_key \(path)/server.key;
                location / { proxy_pass http://unix:\(socket); proxy_set_header Host $host; }
              }
            }
            """, to: "nginx.conf")
        let server = try start("/usr/sbin/nginx", ["-e", path + "/errors", "-c", config])
        defer { server.end() }
        #expect(try visit() == Self.visited)
        #expect(daemon.stop() == 0)
    }

    private static let caddy = ["/usr/bin/caddy", ProcessInfo.processInfo.environment["MUSTER_CADDY"] ?? ""].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(.enabled(if: caddy != nil, "caddy is not there")) func `are the same behind Caddy`() throws {
        let daemon = try DaemonProcess(muster.files)
        _ = try daemon.wait(for: "READY=1")
        let tls = "tls \(folder.path)/server.crt \(folder.path)/server.key"
        let site = try example("caddy").replacing("reviews.example {", with: "localhost:\(port) {\n  \(tls)")
        let config = try folder.write("{\n  admin off\n  auto_https off\n}\n\(site)", to: "Caddyfile")
        let server = try start(
            try #require(Self.caddy), ["run", "--adapter", "caddyfile", "--config", config])
        defer { server.end() }
        #expect(try visit() == Self.visited)
        #expect(daemon.stop() == 0)
    }

    @Test func `are the same with a certificate of their own, which is renewed without a restart`() throws {
        let path = folder.path
        try muster.files.replace(
            "listen: 127.0.0.1:\(pagePort)",
            with: "listen: 0.0.0.0:\(port), certificate: \"file:\(path)/server.crt\", key: \"file:\(path)/server.key\"",
            in: "muster.yaml")
        let daemon = try DaemonProcess(muster.files)
        _ = try daemon.wait(for: "READY=1")
        try LoopbackPort.waitForAnswer(on: port)
        #expect(try visit() == Self.visited)
        let first = try certificate()
        // A key that belongs to another certificate changes nothing but the log.
        let old = try String(contentsOfFile: path + "/server.crt", encoding: .utf8)
        try Servers.makeCertificates(folder)
        let new = try String(contentsOfFile: path + "/server.crt", encoding: .utf8)
        _ = try folder.write(old, to: "server.crt")
        kill(daemon.process.processIdentifier, SIGHUP)
        #expect(Patience.until { daemon.log.contains("the certificate and the key do not go together") })
        #expect(try certificate() == first)
        _ = try folder.write(new, to: "server.crt")
        kill(daemon.process.processIdentifier, SIGHUP)
        #expect(Patience.until { (try? certificate()) ?? first != first })
        #expect(try visit() == Self.visited)
        #expect(daemon.stop() == 0)
    }

    /// What the server proves itself with.
    private func certificate() throws -> String {
        try Subprocess.python(
            "import ssl, sys; print(ssl.get_server_certificate(('127.0.0.1', int(sys.argv[1])), timeout=60))",
            ["\(port)"])
    }

    @Test func `answer a thousand who come at once, while mails go out`() throws {
        let daemon = try DaemonProcess(muster.files)
        _ = try daemon.wait(for: "READY=1")
        let mails = muster.files.folder.names(in: "state/mail/new").count
        #expect(try muster("question", "900001", "Who reads at home?").status == 0)
        #expect(try muster("apply", "--yes").status == 0)
        let output = try Subprocess.python(
            """
            import asyncio, sys
            port = int(sys.argv[1])
            async def ask(number):
                path = '/sign-in' if number % 10 else '/answer/none'
                reader, writer = await asyncio.open_connection('127.0.0.1', port)
                writer.write(f'GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'.encode())
                answer = await reader.read()
                writer.close()
                return answer.split(b' ')[1].decode()
            async def all():
                found = await asyncio.gather(*(ask(number) for number in range(1000)))
                print({status: found.count(status) for status in sorted(set(found))})
            asyncio.run(all())
            """, ["\(pagePort)"])
        // Addresses that do not exist share a limit; everybody gets an answer.
        let statuses = try #require(output.firstMatch(of: /'200': 900/) == nil ? nil : output)
        #expect(statuses.contains("'404'") || statuses.contains("'429'"))
        #expect(Patience.until { muster.files.folder.names(in: "state/mail/new").count > mails })
        #expect(daemon.stop() == 0)
    }
}

/// The folder of the project, found from this file.
private let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
