/// What is known of one collection of a CalDAV server, so that only what changed is read again.
public struct CollectionCopy: Hashable, Sendable {
    /// What the server calls this state; nil where it cannot be asked for changes.
    public var version: String?
    /// What is in each resource, by its path.
    public var objects: [String: CalendarContents]

    /// A copy of a collection.
    public init(version: String? = nil, objects: [String: CalendarContents] = [:]) {
        self.version = version
        self.objects = objects
    }
}
