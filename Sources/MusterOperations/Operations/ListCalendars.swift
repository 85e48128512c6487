import CivilTime
import MusterModel
import MusterStore

/// Lists calendars: whose they are, how old the copy in use is, and what is wrong with them.
public enum ListCalendars: Operation {
    /// The name on the socket.
    public static let name = "list-calendars"

    /// Which.
    public struct Request: Codable, Sendable {
        /// Only those that cannot be relied on, or in which something is odd; nil for all.
        public var isOdd: Bool?

        /// A request.
        public init(isOdd: Bool? = nil) { self.isOdd = isOdd }
    }

    /// A calendar.
    public struct Entry: Codable, Sendable {
        /// What it is called, without anything secret in its address.
        public var label: String
        /// Whose it is.
        public var owner: String
        /// How far it can be relied on.
        public var freshness: CalendarCopy.Freshness
        /// When the copy in use was read; nil for none.
        public var read: Instant?
        /// Why it could not be read the last time; nil where it could.
        public var failure: String?
        /// What is odd in it.
        public var remarks: [String]
    }

    /// Lists those that are theirs who ask, the worst first.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Entry] {
        let odd = try workspace.oddCalendars()
        let calendars = request.isOdd == true ? Array(odd.keys) : workspace.visibleCalendars
        let copies =
            request.isOdd == true
            ? odd : try workspace.store.calendarCopies(.withoutTimes, of: calendars).merging(odd) { $1 }
        let owners = workspace.programme.calendarOwners
        let entries = calendars.map { source in
            let copy = copies[source]
            return Entry(
                label: source.label, owner: owners[source] ?? "nobody",
                freshness: copy?.freshness ?? .unknown, read: copy?.succeeded, failure: copy?.failure,
                remarks: (copy?.remarks ?? []).map { "\($0)" })
        }
        let rank: [CalendarCopy.Freshness: Int] = [.unknown: 0, .stale: 1, .fresh: 2]
        return entries.sorted {
            (rank[$0.freshness] ?? 3, $0.owner, $0.label) < (rank[$1.freshness] ?? 3, $1.owner, $1.label)
        }
    }
}
