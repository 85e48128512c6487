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
    public func send(_ request: HTTPRequest, over connection: Int) async throws(TransportError) -> HTTPResponse {
        let transfer = transfer(for: request)
        let code = await Self.loop(of: connection).run(transfer)
        guard !transfer.isCancelled else { throw CurlFailure.givenUp }
        if let address = transfer.refusedAddress {
            throw TransportError(.insecure, "it leads into a private network (\(address)), which is not allowed here")
        }
        guard !transfer.isTooLarge else {
            throw TransportError(.tooLarge, "the answer is larger than \(request.maximumBytes >> 20) MB")
        }
        guard code == CURLE_OK else { throw CurlFailure.error(code, transfer, status: nil) }
        return HTTPResponse(status: transfer.status, head: transfer.head, body: transfer.body)
    }

    private static func loop(of connection: Int) -> TransferLoop { loops[connection % loops.count] }

    private func transfer(for request: HTTPRequest) -> CurlTransfer {
        let transfer = CurlTransfer(maximumBytes: request.maximumBytes, cutsOff: request.method == .post)
        transfer.set(CURLOPT_URL, request.url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        if let body = request.body { transfer.post(body) }
        switch request.method {
        case .get:
            transfer.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
            transfer.set(CURLOPT_FOLLOWLOCATION, 1)
            transfer.set(CURLOPT_MAXREDIRS, 5)
        case .post: break
        case .propfind, .report: transfer.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        }
        if request.method != .post { transfer.set(CURLOPT_ACCEPT_ENCODING, "") }
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
