import Foundation
import Transport

/// Who we are to the servers of a host, and those of hosts below it.
public struct CalendarLogin: Sendable {
    /// The host, in lower case; with a port (`cal.example:8443`) for that port alone.
    public let host: String
    /// Who logs in; nil where a token says it all.
    public let user: String?
    fileprivate let authorization: Result<String, any Error>

    /// A login with user and password (RFC 7617); the password may be one that cannot be had.
    public init(host: String, user: String, password: Result<String, any Error>) {
        self.host = host
        self.user = user
        authorization = password.map { "Basic " + Data("\(user):\($0)".utf8).base64EncodedString() }
    }

    /// A login with a bearer token (RFC 6750); it may be one that cannot be had.
    public init(host: String, token: Result<String, any Error>) {
        self.host = host
        user = nil
        authorization = token.map { "Bearer \($0)" }
    }

    fileprivate func covers(_ name: String, port: Int?) -> Bool {
        let names = [name] + (port.map { ["\(name):\($0)"] } ?? [])
        return names.contains { $0 == host || $0.hasSuffix("." + host) }
    }
}

extension [CalendarLogin] {
    /// The header `Authorization` for an address; nil where there is none for it, or where it would go over the network
    /// without TLS.
    ///
    /// The most exact host counts, and among several of one host the one of the user that the address names.
    ///
    /// - Throws: where the password or token cannot be had.
    func authorization(for url: URL, user: String?) throws -> String? {
        guard let host = url.host?.lowercased(), url.scheme == "https" || Self.loopback.contains(host) else {
            return nil
        }
        let possible = filter { $0.covers(host, port: url.port ?? 443) && (user == nil || $0.user == user) }
        return try possible.max { $0.host.count < $1.host.count }?.authorization.get()
    }

    private static var loopback: Set<String> { ["127.0.0.1", "localhost", "::1", "[::1]"] }
}
