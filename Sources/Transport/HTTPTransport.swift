/// Fetches and posts documents over http and https.
public protocol HTTPTransport: Sendable {
    /// Sends a request within its limits and waits for the answer.
    ///
    /// - Throws: `TransportError` where there is no answer at all; an answer of any status is returned.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse

    /// Sends a request over one of several connections, counted from 0, and waits for the answer; one at a time on each.
    func send(_ request: HTTPRequest, over connection: Int) async throws(TransportError) -> HTTPResponse

    /// The thread on which the requests of a connection run; nil where any will do.
    ///
    /// A task that prefers it sends one request after another without being handed from thread to thread. It must not
    /// wait there for anything else, since other connections share it.
    func executor(of connection: Int) -> (any TaskExecutor)?
}

extension HTTPTransport {
    /// Any connection will do.
    public func send(_ request: HTTPRequest, over connection: Int) async throws(TransportError) -> HTTPResponse {
        try await send(request)
    }

    /// Any thread will do.
    public func executor(of connection: Int) -> (any TaskExecutor)? { nil }
}

/// A document to fetch, one to post, or a question of WebDAV.
public struct HTTPRequest: Sendable {
    /// What is asked for.
    public enum Method: String, Sendable {
        /// The document.
        case get = "GET"
        /// That the body is taken.
        case post = "POST"
        /// Properties of a resource or a collection (RFC 4918 §9.1).
        case propfind = "PROPFIND"
        /// An answer to the question in the body (RFC 3253 §3.6).
        case report = "REPORT"
    }

    /// Whether a request may go to a machine of a private network.
    public enum PrivateNetworks: Sendable {
        /// It may.
        case allowed
        /// It may, unless an address outside sent us there.
        case unlessRedirected
        /// It may not.
        case refused
    }

    /// The address, http or https.
    public var url: String
    /// What is asked for; redirects are followed for `get` alone.
    public var method: Method
    /// Headers to send beside the usual ones.
    public var headers: [(name: String, value: String)]
    /// What is sent; nil where only something is fetched.
    public var body: [UInt8]?
    /// Bytes of the answer at most, after decompression; more than that is an error, or is left out of the answer to a
    /// post.
    public var maximumBytes: Int
    /// Seconds for the whole answer.
    public var timeout: Int
    /// A file of certificates to trust instead of the system's; nil for the system's.
    public var authorities: String?
    /// Whether it may go to a machine of a private network.
    public var privateNetworks: PrivateNetworks
    /// The path of a Unix socket to send it over instead of the network; nil for the network.
    public var socket: String?
    /// Takes the body as it comes, on the thread of the transfer, instead of its being kept; nil to keep it.
    public var receive: (@Sendable ([UInt8]) -> Void)?

    /// A request with the limits given.
    public init(
        _ method: Method = .get, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        maximumBytes: Int, timeout: Int, authorities: String? = nil,
        privateNetworks: PrivateNetworks = .unlessRedirected
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.maximumBytes = maximumBytes
        self.timeout = timeout
        self.authorities = authorities
        self.privateNetworks = privateNetworks
    }
}

/// An answer.
public struct HTTPResponse: Sendable {
    /// The status, 200 for a good answer and 304 for one that has not changed.
    public var status: Int
    /// The lines above the body as they came; read only where somebody asks, since most answers are of no interest.
    private let head: [UInt8]
    /// The body, decompressed.
    public var body: [UInt8]

    /// An answer with these parts.
    ///
    /// - Parameter head: header lines, each ended by a line feed; after a redirect also those of the answers before,
    ///   each of which begins with a status line.
    public init(status: Int, head: [UInt8] = [], body: [UInt8] = []) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// The value of a header of the last answer; the last one where there are several.
    public subscript(header name: String) -> String? {
        for line in head.split(separator: 0x0A).reversed() {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("HTTP/") { return nil }
            guard let colon = text.firstIndex(of: ":"), text[..<colon].lowercased() == name.lowercased() else {
                continue
            }
            let value = text[text.index(after: colon)...].drop { $0.isWhitespace }
            return String(value.prefix { !$0.isNewline })
        }
        return nil
    }

    /// Seconds after which the server wants to be asked again (RFC 9110 §10.2.3), at most a day; nil where it does not
    /// say so in seconds.
    public var retryAfter: Int? {
        self[header: "Retry-After"].flatMap { Int($0) }.map { min(max($0, 0), 86_400) }
    }
}
