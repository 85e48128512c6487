import Foundation
import MusterModel
import Transport

/// Gets calendars from files and over http.
public struct CalendarFetcher: Sendable {
    private let transport: any HTTPTransport
    private let configuration: Configuration.Calendars

    /// A fetcher.
    public init(transport: any HTTPTransport, configuration: Configuration.Calendars) {
        self.transport = transport
        self.configuration = configuration
    }

    /// The calendar as it is now; for an address, only if it changed since the copy of that version.
    public func fetch(_ source: CalendarSource, previous: CalendarCopy?) async -> CalendarAnswer {
        source.isRemote ? await get(source, previous) : read(source.location)
    }

    private func read(_ path: String) -> CalendarAnswer {
        let limit = configuration.megabytes << 20
        guard let handle = FileHandle(forReadingAtPath: path) else {
            return .failed("is not there, or may not be read")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { return .failed("cannot be read") }
        guard data.count <= limit else { return .failed("is larger than \(configuration.megabytes) MB") }
        return .document(Array(data), entityTag: nil, lastModified: nil)
    }

    private func get(_ source: CalendarSource, _ previous: CalendarCopy?) async -> CalendarAnswer {
        var request = HTTPRequest(
            url: source.location, headers: [("Accept", "text/calendar, */*;q=0.1")],
            maximumBytes: configuration.megabytes << 20, timeout: configuration.timeout,
            authorities: configuration.authorities)
        if let previous, previous.succeeded != nil {
            if let tag = previous.entityTag { request.headers.append(("If-None-Match", tag)) }
            if let date = previous.lastModified { request.headers.append(("If-Modified-Since", date)) }
        }
        do {
            let response = try await transport.send(request)
            switch response.status {
            case 200:
                return .document(
                    response.body, entityTag: response[header: "ETag"], lastModified: response[header: "Last-Modified"])
            case 304: return .unchanged
            default:
                return .failed("answered with status \(response.status)", retryAfter: response.retryAfter)
            }
        } catch {
            return .failed("could not be fetched: \(error)")
        }
    }
}
