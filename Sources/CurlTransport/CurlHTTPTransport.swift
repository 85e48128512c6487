import CCurl
import Transport

/// Fetches documents with libcurl: TLS verified, redirects to http and https only and at most five, sizes and times
/// bounded.
public struct CurlHTTPTransport: HTTPTransport {
    /// A fetcher.
    public init() {}

    /// Gets a document.
    public func get(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = CurlTransfer(maximumBytes: request.maximumBytes)
        transfer.set(CURLOPT_URL, request.url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        transfer.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        transfer.set(CURLOPT_FOLLOWLOCATION, 1)
        transfer.set(CURLOPT_MAXREDIRS, 5)
        transfer.set(CURLOPT_ACCEPT_ENCODING, "")
        transfer.set(CURLOPT_USERAGENT, "muster/1")
        transfer.set(CURLOPT_TIMEOUT, request.timeout)
        transfer.set(CURLOPT_CONNECTTIMEOUT, min(request.timeout, 15))
        if let authorities = request.authorities { transfer.set(CURLOPT_CAINFO, authorities) }
        transfer.set(CURLOPT_HTTPHEADER, request.headers.map { "\($0.name): \($0.value)" })
        let code = await CurlLoop.shared.run(transfer)
        guard !transfer.isTooLarge else {
            throw TransportError(.tooLarge, "the answer is larger than \(request.maximumBytes >> 20) MB")
        }
        guard code == CURLE_OK else { throw CurlFailure.error(code, transfer, status: nil) }
        return HTTPResponse(status: transfer.status, headers: headers(transfer.headerLines), body: transfer.body)
    }

    /// The headers of the last answer: each redirect begins again with a status line.
    private func headers(_ lines: [String]) -> [String: String] {
        var headers: [String: String] = [:]
        for line in lines {
            if line.hasPrefix("HTTP/") {
                headers = [:]
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].split(whereSeparator: \.isNewline).first ?? ""
                headers[line[..<colon].lowercased()] = String(value.drop { $0 == " " })
            }
        }
        return headers
    }
}
