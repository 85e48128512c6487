import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

/// Every address of a feed, the revoked ones too.
public enum ListFeeds: Operation {
    /// The name on the socket.
    public static let name = "list-feeds"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// The addresses.
    public struct Response: Codable, Sendable {
        /// In the order in which they were made.
        public var feeds: [Feed]
        /// When they were looked at.
        public var at: Instant
    }

    /// Lists them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        Response(feeds: try workspace.store.feeds(), at: workspace.now())
    }
}

/// Makes an address at which a feed can be read.
public enum CreateFeed: Operation {
    /// The name on the socket.
    public static let name = "create-feed"

    /// Whose.
    public struct Request: Codable, Sendable {
        /// `person:ID`, `school:URN` or `partnership:ID`.
        public var owner: String

        /// A request.
        public init(owner: String) { self.owner = owner }
    }

    /// The address, which nobody can find out again.
    public struct Response: Codable, Sendable {
        /// What is kept of it.
        public var feed: Feed
        /// The address.
        public var address: String
    }

    /// Makes it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let (feed, address) = try workspace.createFeed(of: try workspace.feedOwner(request.owner))
        return Response(feed: feed, address: address)
    }
}

/// Takes an address back for good.
public enum RevokeFeed: Operation {
    /// The name on the socket.
    public static let name = "revoke-feed"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its number.
        public var number: Int

        /// A request.
        public init(number: Int) { self.number = number }
    }

    /// Revokes it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Feed {
        try workspace.revokeFeed(request.number)
    }
}

/// What feeds say now, for files.
public enum ComposeFeeds: Operation {
    /// The name on the socket.
    public static let name = "compose-feeds"

    /// Whose.
    public struct Request: Codable, Sendable {
        /// `person:ID`, `school:URN` or `partnership:ID`; empty for all that have an address in use.
        public var owners: [String]

        /// A request.
        public init(owners: [String]) { self.owners = owners }
    }

    /// What the files should say.
    public struct Response: Codable, Sendable {
        /// The texts, by the name of the file.
        public var files: [String: String]
        /// Files of owners all of whose addresses were revoked.
        public var obsolete: [String]
    }

    /// Composes them.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let named = try request.owners.map(workspace.feedOwner)
        let feeds = try workspace.store.feeds()
        let inUse = Set(feeds.filter { $0.revoked == nil }.map(\.subject))
        let obsolete = named.isEmpty ? Set(feeds.map(\.subject)).subtracting(inUse) : []
        var response = Response(files: [:], obsolete: obsolete.map(\.fileName).sorted())
        for owner in named.isEmpty ? inUse : Set(named) {
            response.files[owner.fileName] = try workspace.calendarFeed(of: owner).text
        }
        return response
    }
}
