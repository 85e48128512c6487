import CalDAV
import Foundation
import MusterCalendars
import MusterModel
import Transport

extension Workspace {
    /// A calendar on a CalDAV server.
    public struct FoundCalendar: Sendable, Codable {
        /// What may stand in the config.
        public let address: String
        /// What people call it; nil where the server does not say.
        public let name: String?
        /// Whether its events keep its owner busy.
        public let keepsBusy: Bool
        /// Whether only what changed is read of it.
        public let tellsChanges: Bool
    }

    /// Why no calendar was found: a sentence part that follows the address.
    public struct SearchFailure: Error, CustomStringConvertible {
        /// The sentence part.
        public let description: String
    }

    /// The calendars on a CalDAV server, by the logins of the config.
    ///
    /// - Throws: `SearchFailure` where there is none, or the server does not answer as it should.
    func findCalendars(at address: String) async throws -> [FoundCalendar] {
        let source = CalendarSource(location: address)
        guard source.isCalDAV, let url = source.webAddress.flatMap({ URL(string: $0) }), url.host != nil else {
            throw SearchFailure(description: "this should be an address such as caldavs://cal.example/alice/")
        }
        do {
            let client = try calendarFetcher.client(for: url)
            return try await client.collections().map {
                FoundCalendar(
                    address: "caldav" + $0.url.absoluteString.dropFirst(4), name: $0.name, keepsBusy: $0.keepsBusy,
                    tellsChanges: $0.tellsChanges)
            }
        } catch let error as TransportError {
            throw SearchFailure(description: error.description)
        }
    }
}
