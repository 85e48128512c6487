import Foundation
import XML

/// A calendar on a server.
public struct CalendarCollection: Sendable {
    /// Where it is.
    public let url: URL
    /// What people call it; nil where the server does not say.
    public let name: String?
    /// What the server calls its present state; nil where it does not say, or nobody may know.
    public let version: String?
    /// Whether the server can say what changed since a version (RFC 6578).
    public let tellsChanges: Bool
    /// Whether its events keep its owner busy: it has events, and is not left out of free-busy (RFC 6638 §9.1).
    public let keepsBusy: Bool

    /// A calendar of which only the address is known.
    init(url: URL) {
        self.url = url
        name = nil
        version = nil
        tellsChanges = false
        keepsBusy = true
    }

    /// Nil where the resource is no calendar.
    init?(_ resource: Resource) {
        guard resource[.resourceType]?[.calendar] != nil else { return nil }
        url = resource.url
        name = resource[.displayName]?.words
        tellsChanges = resource[.syncToken]?.words != nil
        version = resource[.syncToken]?.words ?? resource[.collectionTag]?.words
        let components =
            resource[.supportedComponents]?.children.compactMap { $0.attributes["name"]?.uppercased() } ?? []
        let isTransparent = resource[.transparency]?[.transparent] != nil
        keepsBusy = !isTransparent && (components.isEmpty || components.contains("VEVENT"))
    }
}
