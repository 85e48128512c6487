/// Fetches documents over http and https.
public protocol HTTPTransport: Sendable {
    /// Gets a document, following redirects within the limits of the request.
    ///
    /// - Throws: `TransportError` where there is no answer at all; an answer of any status is returned.
    func get(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// A document to fetch.
public struct HTTPRequest: Sendable {
    /// The address, http or https.
    public var url: String
    /// Headers to send beside the usual ones.
    public var headers: [(name: String, value: String)]
    /// Bytes of the answer at most, after decompression.
    public var maximumBytes: Int
    /// Seconds for the whole answer.
    public var timeout: Int
    /// A file of certificates to trust instead of the system's; nil for the system's.
    public var authorities: String?

    /// A request with the limits given.
    public init(
        url: String, headers: [(name: String, value: String)] = [], maximumBytes: Int, timeout: Int,
        authorities: String? = nil
    ) {
        self.url = url
        self.headers = headers
        self.maximumBytes = maximumBytes
        self.timeout = timeout
        self.authorities = authorities
    }
}

/// An answer.
public struct HTTPResponse: Sendable {
    /// The status, 200 for a good answer and 304 for one that has not changed.
    public var status: Int
    /// The headers of the last answer, names in lower case.
    public var headers: [String: String]
    /// The body, decompressed.
    public var body: [UInt8]

    /// An answer with these parts.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
