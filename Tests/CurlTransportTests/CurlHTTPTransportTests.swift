import CurlTransport
import Testing
import Transport

@Suite struct `Fetching a document from an odd server` {
    private let server: OddServer
    private let transport = CurlHTTPTransport()

    init() throws { server = try OddServer() }

    private func fetch(
        _ path: String, authorization: String? = nil, privateNetworks: HTTPRequest.PrivateNetworks = .allowed
    ) async throws(TransportError) -> String {
        let headers = authorization.map { [(name: "Authorization", value: $0)] } ?? []
        let request = HTTPRequest(
            url: server.address + path, headers: headers, maximumBytes: 1000, timeout: 20,
            privateNetworks: privateNetworks)
        return String(decoding: try await transport.send(request).body, as: UTF8.self)
    }

    private var host: Substring { server.address.dropFirst("http://".count) }

    @Test func `follows a redirect that wants a cookie back, and forgets the cookie`() async throws {
        #expect(try await fetch("/cookie") == "calendar")
        for _ in 0..<4 { #expect(try await fetch("/cookies") == "none") }
    }

    @Test func `follows a redirect to webcal`() async throws {
        #expect(try await fetch("/webcal/\(host)/status/200") == "calendar")
        #expect(try await fetch("/webcal/\(host)/webcal/\(host)/status/200") == "calendar")
        #expect(try await fetch("/webcal/\(host)/authorization", authorization: "Basic x") == "Basic x")
    }

    @Test func `tells another host nothing of who asks`() async throws {
        let other = host.replacing("127.0.0.1", with: "localhost")
        #expect(try await fetch("/webcal/\(other)/authorization", authorization: "Basic x") == "none")
    }

    @Test(arguments: ["UTF-8", "binary", "aws-chunked", "none"])
    func `takes an encoding that is none for what it is`(name: String) async throws {
        #expect(try await fetch("/encoding/\(name)") == "calendar")
    }

    @Test(arguments: ["/loop", "/large/1001", "/webcal/no.such.host.invalid/x"])
    func `says why there is no document`(path: String) async throws {
        await #expect(throws: TransportError.self) { try await fetch(path) }
    }

    @Test func `goes into no private network where that is refused`() async throws {
        let error = await #expect(throws: TransportError.self) {
            try await fetch("/status/200", privateNetworks: .refused)
        }
        #expect(error?.kind == .insecure)
        for path in ["/status/200", "/webcal/\(host)/status/200"] {
            #expect(try await fetch(path, privateNetworks: .unlessRedirected) == "calendar", "it began in one")
        }
    }
}

@Suite struct `Private addresses` {
    @Test(arguments: [
        ("127.0.0.1", true), ("10.1.2.3", true), ("172.16.0.1", true), ("172.32.0.1", false), ("192.168.0.1", true),
        ("169.254.169.254", true), ("100.64.0.1", true), ("100.128.0.1", false), ("0.0.0.0", true),
        ("198.18.0.1", true), ("224.0.0.1", true), ("255.255.255.255", true), ("8.8.8.8", false),
        ("::1", true), ("::", true), ("::ffff:10.0.0.1", true), ("::ffff:8.8.8.8", false), ("::8.8.8.8", true),
        ("fc00::1", true), ("fd12::1", true), ("fe80::1", true), ("fec0::1", true), ("ff02::1", true),
        ("2002:a00:1::", true), ("64:ff9b::a00:1", true), ("2001:0:4136:e378::1", true), ("2001:db8::1", false),
        ("2606:4700::1111", false), ("", true), ("somewhere", true),
    ])
    func `are told from those of the world`(address: String, isPrivate: Bool) {
        #expect(PrivateAddress.contains(address) == isPrivate, "\(address)")
    }

    @Test(arguments: [
        ("http://localhost/", true), ("https://printer/", true), ("https://nas.local/", true),
        ("https://x.internal/", true), ("http://[::1]:80/", true), ("https://cal.example/", false),
        ("https://10.0.0.1.example/", false), ("https://LOCALHOST/", true), ("nothing", false),
    ])
    func `are told by the name in a URL`(url: String, isNamed: Bool) {
        #expect(PrivateAddress.isNamed(in: url) == isNamed, "\(url)")
    }
}
