import CalDAV
import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import Transport

/// Gets calendars from files, over http, and from CalDAV servers.
public struct CalendarFetcher: Sendable {
    private let transport: any HTTPTransport
    private let configuration: Configuration.Calendars
    private let logins: [CalendarLogin]

    /// A fetcher.
    public init(transport: any HTTPTransport, configuration: Configuration.Calendars, logins: [CalendarLogin] = []) {
        self.transport = transport
        self.configuration = configuration
        self.logins = logins
    }

    /// The calendar as it is now; over the network, only what changed since the copy.
    ///
    /// - Parameter window: the time of which a CalDAV server is asked for the events.
    public func fetch(_ source: CalendarSource, previous: CalendarCopy?, window: Range<Instant>) async
        -> FetchResult
    {
        guard let address = source.webAddress else { return read(source.location, previous) }
        guard let url = URL(string: address), url.host != nil else { return .failed("is not an address that exists") }
        do {
            return source.isCalDAV
                ? try await synchronise(client(for: url), previous: previous, window: window)
                : try await get(url, previous)
        } catch let error as TransportError {
            return .failed("could not be fetched: \(error)", retryAfter: error.retryAfter)
        } catch {
            return .failed("could not be fetched: \(error)")
        }
    }

    /// A client for the calendars at an address.
    ///
    /// - Throws: where the password for it cannot be had.
    public func client(for url: URL) throws -> CalDAVClient {
        let user = url.user
        _ = try logins.authorization(for: url, user: user)
        return CalDAVClient(
            address: url.withoutUser, transport: transport,
            limits: CalDAVClient.Limits(bytes: configuration.megabytes << 20, timeout: configuration.timeout),
            authorities: configuration.authorities
        ) { [logins] in
            try? logins.authorization(for: $0, user: user)
        }
    }

    private func synchronise(_ client: CalDAVClient, previous: CalendarCopy?, window: Range<Instant>) async throws
        -> FetchResult
    {
        var changes: [String: CollectionChanges] = [:]
        let collections = try await client.collections()
        // Whoever names a single calendar means it, whatever it says of itself.
        for collection in collections where collection.keepsBusy || collections.count == 1 {
            let address = collection.url.absoluteString
            let version = previous?.collections[address]?.version
            changes[address] = try await client.changes(in: collection, since: version, window: window)
        }
        guard !changes.isEmpty else { return .failed("holds only calendars that keep nobody busy") }
        return .changes(changes)
    }

    private func read(_ path: String, _ previous: CalendarCopy?) -> FetchResult {
        let limit = configuration.megabytes << 20
        // A pipe would be waited for, and a device never ends.
        guard Self.status(of: path).map({ $0.st_mode & S_IFMT == S_IFREG }) ?? true else {
            return .failed("is no file")
        }
        let version = Self.version(of: path)
        if isUnchanged(version, since: previous) { return .unchanged }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            return .failed("is not there, or may not be read")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { return .failed("cannot be read") }
        guard data.count <= limit else { return .failed("is larger than \(configuration.megabytes) MB") }
        return document(Array(data), entityTag: version, lastModified: nil)
    }

    /// Whether a file is the one that its last good copy was made of, so that nothing of it is read; what comes over the
    /// network has to be asked for.
    public func isUnchanged(_ source: CalendarSource, since previous: CalendarCopy?) -> Bool {
        !source.isRemote && isUnchanged(Self.version(of: source.location), since: previous)
    }

    private func isUnchanged(_ version: String?, since previous: CalendarCopy?) -> Bool {
        guard let version, let previous, previous.failure == nil else { return false }
        return previous.entityTag == version
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    /// What a file is, as far as that can be told without reading it; nil for one that may still be written.
    private static func version(of path: String) -> String? {
        guard let status = status(of: path), time(nil) - status.st_mtim.tv_sec > 2 else { return nil }
        return "file \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ino)"
    }

    /// A document, unpacked where it is a compressed file that nothing says to be one.
    private func document(_ bytes: [UInt8], entityTag: String?, lastModified: String?) -> FetchResult {
        guard Gzip.isGzip(bytes) else { return .document(bytes, entityTag: entityTag, lastModified: lastModified) }
        do {
            let content = try Gzip.inflate(bytes, limit: configuration.megabytes << 20)
            return .document(content, entityTag: entityTag, lastModified: lastModified)
        } catch {
            return .failed(error.description)
        }
    }

    private func get(_ url: URL, _ previous: CalendarCopy?) async throws -> FetchResult {
        let authorization = try logins.authorization(for: url, user: url.user)
        var request = HTTPRequest(
            url: (authorization == nil ? url : url.withoutUser).absoluteString,
            headers: [("Accept", "text/calendar, */*;q=0.1")], maximumBytes: configuration.megabytes << 20,
            timeout: configuration.timeout, authorities: configuration.authorities)
        if let authorization { request.headers.append(("Authorization", authorization)) }
        if let previous, previous.succeeded != nil {
            if let tag = previous.entityTag { request.headers.append(("If-None-Match", tag)) }
            if let date = previous.lastModified { request.headers.append(("If-Modified-Since", date)) }
        }
        let response = try await transport.send(request)
        switch response.status {
        case 200, 203:
            return document(
                response.body, entityTag: response[header: "ETag"], lastModified: response[header: "Last-Modified"])
        case 304: return .unchanged
        default: return .failed("answered with status \(response.status)", retryAfter: response.retryAfter)
        }
    }
}

extension URL {
    /// The address without who logs in there.
    fileprivate var withoutUser: URL {
        guard var parts = URLComponents(url: self, resolvingAgainstBaseURL: true), parts.user != nil else {
            return self
        }
        (parts.user, parts.password) = (nil, nil)
        return parts.url ?? self
    }
}
