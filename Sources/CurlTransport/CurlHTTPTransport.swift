import CCurl
import Foundation
import Transport

/// Fetches and posts documents with libcurl: TLS verified, redirects to http and https only and at most five, sizes and
/// times bounded.
public struct CurlHTTPTransport: HTTPTransport {
    /// A loop for each processor.
    private static let loops = (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in TransferLoop() }

    /// A transport.
    public init() {}

    /// One of as many threads as there are processors.
    public func executor(of connection: Int) -> (any TaskExecutor)? { Self.loop(of: connection) }

    /// Sends a request and waits for the answer.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await send(request, over: 0)
    }

    /// Sends a request over a connection and waits for the answer.
    ///
    /// A redirect to `webcal:`, and an answer in an encoding that nobody knows, are what the server means by them.
    public func send(_ request: HTTPRequest, over connection: Int) async throws(TransportError) -> HTTPResponse {
        var (request, decodes) = (request, true)
        for _ in 0..<Self.mostAttempts {
            let transfer = transfer(for: request, decodes: decodes)
            let code = await Self.loop(of: connection).run(transfer)
            guard !transfer.isCancelled else { throw CurlFailure.givenUp }
            if let address = transfer.refusedAddress {
                throw TransportError(
                    .insecure, "it leads into a private network (\(address)), which is not allowed here")
            }
            guard !transfer.isTooLarge else {
                throw TransportError(.tooLarge, "the answer is larger than \(request.maximumBytes >> 20) MB")
            }
            if code == CURLE_BAD_CONTENT_ENCODING, decodes, request.method != .post {
                decodes = false
            } else if code == CURLE_UNSUPPORTED_PROTOCOL, let next = request.following(transfer) {
                request = next
            } else {
                guard code == CURLE_OK else { throw CurlFailure.error(code, transfer, status: nil) }
                return HTTPResponse(status: transfer.status, head: transfer.head, body: transfer.body)
            }
        }
        throw TransportError(.unreachable, "it redirects in circles")
    }

    private static let mostAttempts = 4

    private static func loop(of connection: Int) -> TransferLoop { loops[connection % loops.count] }

    private func transfer(for request: HTTPRequest, decodes: Bool) -> CurlTransfer {
        let transfer = CurlTransfer(maximumBytes: request.maximumBytes, cutsOff: request.method == .post)
        transfer.set(CURLOPT_URL, request.url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        if let body = request.body { transfer.post(body) }
        switch request.method {
        case .get:
            transfer.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
            transfer.set(CURLOPT_FOLLOWLOCATION, 1)
            transfer.set(CURLOPT_MAXREDIRS, 5)
            transfer.keepCookies()
        case .post: break
        case .propfind, .report: transfer.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        if request.method != .post, decodes { transfer.set(CURLOPT_ACCEPT_ENCODING, "") }
        transfer.guardAddresses(request.privateNetworks)
        transfer.set(CURLOPT_USERAGENT, "muster/1")
        transfer.set(CURLOPT_TIMEOUT, request.timeout)
        transfer.set(CURLOPT_CONNECTTIMEOUT, min(request.timeout, 15))
        if let socket = request.socket {
            transfer.set(CURLOPT_UNIX_SOCKET_PATH, socket)
        }
        transfer.receiver = request.receive
        transfer.trust(request.authorities)
        transfer.goDirectly()
        // Without this libcurl asks before it sends a larger body, and waits for an answer that few servers give.
        let headers = request.headers + (request.body == nil ? [] : [("Expect", "")])
        transfer.set(CURLOPT_HTTPHEADER, headers.map { "\($0.name):\($0.value.isEmpty ? "" : " " + $0.value)" })
        return transfer
    }
}

extension HTTPRequest {
    /// The request after a redirect to `webcal:` or `webcals:`, which mean http and https; nil for any other.
    ///
    /// It goes into no private network, unless it began in one; another server is not told who asks.
    fileprivate func following(_ transfer: CurlTransfer) -> HTTPRequest? {
        let lines = transfer.headLines
        guard method == .get, let line = lines.last(where: { $0.lowercased().hasPrefix("location:") }) else {
            return nil
        }
        let location = line.dropFirst("location:".count).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let colon = location.firstRange(of: "://"), let here = URL(string: url) else { return nil }
        let schemes = ["webcal": here.scheme ?? "https", "webcals": "https"]
        guard let scheme = schemes[location[..<colon.lowerBound].lowercased()] else { return nil }
        var next = self
        next.url = scheme + location[colon.lowerBound...]
        guard let there = URL(string: next.url), there.host != nil else { return nil }
        if there.host?.lowercased() != here.host?.lowercased() || there.port != here.port {
            next.headers.removeAll { $0.name.lowercased() == "authorization" }
        }
        // Where the first connection led counts, not its name, which may mean another address by now.
        if privateNetworks != .allowed, transfer.beganPrivately != true { next.privateNetworks = .refused }
        return next
    }
}
