import Foundation
import Transport

/// Reads calendars on a CalDAV server (RFC 4791): finds them from an address, and gets what changed in each.
///
/// Redirects and answers may lead to other hosts: each is given only what `authorization` has for it, and none outside
/// leads into a private network.
public struct CalDAVClient: Sendable {
    /// What answers may take at most.
    public struct Limits: Sendable {
        /// Bytes of one answer.
        public var bytes: Int
        /// Seconds for one answer.
        public var timeout: Int
        /// Elements and attributes of one answer: the shortest take sixteen times their size of memory.
        public var elements = 1_000_000
        /// Events of a calendar that change one by one; where there are more, all of it is read.
        public var changes = 100_000

        /// Limits for one answer.
        public init(bytes: Int = 16 << 20, timeout: Int = 30) {
            self.bytes = bytes
            self.timeout = timeout
        }
    }

    /// Where the search for calendars begins.
    public let address: URL
    private let transport: any HTTPTransport
    let limits: Limits
    private let authorities: String?
    private let authorization: @Sendable (URL) -> String?

    /// A client for an address: that of a calendar, of a principal, of a folder of calendars, or of a whole server.
    ///
    /// - Parameters:
    ///   - authorities: a file of certificates to trust instead of the system's; nil for the system's.
    ///   - authorization: the value of the header `Authorization` for an address; nil for none.
    public init(
        address: URL, transport: any HTTPTransport, limits: Limits = Limits(), authorities: String? = nil,
        authorization: @escaping @Sendable (URL) -> String?
    ) {
        self.address = address
        self.transport = transport
        self.limits = limits
        self.authorities = authorities
        self.authorization = authorization
    }

    /// Asks, and follows redirects.
    ///
    /// - Returns: the answer, and where it came from, which is what its relative addresses begin at.
    func ask(_ method: HTTPRequest.Method, url: URL, depth: Int, question: Question) async throws(TransportError)
        -> (url: URL, response: HTTPResponse)
    {
        var url = url
        for _ in 0..<6 {
            let response = try await transport.send(request(method, url: url, depth: depth, question: question))
            guard (300..<400).contains(response.status) else { return (url, try Self.checked(response)) }
            guard let location = response[header: "Location"], let next = url.resolving(location),
                ["http", "https"].contains(next.scheme)
            else { throw TransportError(.refused, status: response.status, "it redirects to nowhere") }
            url = next
        }
        throw TransportError(.refused, "it redirects without end")
    }

    private func request(_ method: HTTPRequest.Method, url: URL, depth: Int, question: Question) -> HTTPRequest {
        var headers = [("Depth", String(depth)), ("Content-Type", "application/xml; charset=utf-8")]
        if let authorization = authorization(url) { headers.append(("Authorization", authorization)) }
        let beganPrivately = PrivateAddress.isNamed(in: address.absoluteString)
        return HTTPRequest(
            method, url: url.absoluteString, headers: headers, body: Array(question.text.utf8),
            maximumBytes: limits.bytes, timeout: limits.timeout, authorities: authorities,
            privateNetworks: url.host == address.host || beganPrivately ? .allowed : .refused)
    }

    private static func checked(_ response: HTTPResponse) throws(TransportError) -> HTTPResponse {
        let status = response.status
        switch status {
        case 200..<300: return response
        case 401:
            throw TransportError(.authentication, status: status, "it wants another user and password, or any at all")
        case 403: throw TransportError(.authentication, status: status, "this user may not read there (status 403)")
        case 429, 500...:
            throw TransportError(
                .deferred, status: status, retryAfter: response.retryAfter, "it answered with status \(status)")
        default: throw TransportError(.refused, status: status, "it answered with status \(status)")
        }
    }

    /// Asks something to which the answer is about several resources (RFC 4918 §13).
    func list(_ method: HTTPRequest.Method, url: URL, depth: Int, question: Question) async throws(TransportError)
        -> MultiStatus
    {
        let (url, response) = try await ask(method, url: url, depth: depth, question: question)
        guard response.status == 207, let answer = MultiStatus(response.body, url: url, elements: limits.elements)
        else {
            throw TransportError(
                .refused, status: response.status,
                "what it answered is not CalDAV, or has more than \(limits.elements) elements")
        }
        return answer
    }
}
