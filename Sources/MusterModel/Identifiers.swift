/// What a cycle calls a stage: `pre-review`.
public typealias StageID = String
/// The name of a role in a team: `lead`.
public typealias RoleID = String

/// What identifies something, as text that people and machines write: in config, commands, pages, rows and JSON.
///
/// Types of their own keep a session from standing where a run is meant.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Codable, CodingKeyRepresentable, Sendable,
    CustomStringConvertible, ExpressibleByStringInterpolation
where RawValue == String {
    /// What the text names; nobody has looked whether there is such a thing.
    init(rawValue: String)
}

extension Identifier {
    /// What the text names; nobody has looked whether there is such a thing.
    public init(_ text: some StringProtocol) { self.init(rawValue: String(text)) }

    /// The same as written in code.
    public init(stringLiteral text: String) { self.init(rawValue: text) }

    /// The text.
    public var description: String { rawValue }

    /// Whether it names nothing.
    public var isEmpty: Bool { rawValue.isEmpty }

    /// In the order of their texts.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A school's Unique Reference Number, as text: `900001`.
public struct SchoolID: Identifier {
    /// The text.
    public let rawValue: String

    /// The school that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What `people.csv` calls a person: `a.marsh`.
public struct PersonID: Identifier {
    /// The text.
    public let rawValue: String

    /// The person whom the text names.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a partnership's file calls it: `tamar-valley`.
public struct PartnershipID: Identifier {
    /// The text.
    public let rawValue: String

    /// The partnership that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a cycle's file calls it: `spring-2027`.
public struct CycleID: Identifier {
    /// The text.
    public let rawValue: String

    /// The cycle that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a poll's file calls it: `areas-of-practice`.
public struct PollID: Identifier {
    /// The text.
    public let rawValue: String

    /// The poll that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A cycle and a host school or training event: `spring-2027/900001`.
public struct TrackID: Identifier {
    /// The text.
    public let rawValue: String

    /// The run that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The run of a host school in a cycle, or of a training event, by what the cycle calls it.
    public init(_ cycle: CycleID, _ host: String) { rawValue = "\(cycle)/\(host)" }

    /// The cycle.
    public var cycle: CycleID { CycleID(rawValue: rawValue.beforeLastSlash) }

    /// The host school; of a training event, what the cycle calls it.
    public var host: String { rawValue.afterLastSlash }

    /// The identifier of the session of a stage.
    public func session(_ stage: StageID) -> SessionID { SessionID(rawValue: rawValue + "/" + stage) }
}

/// A track and a stage: `spring-2027/900001/review`.
public struct SessionID: Identifier {
    /// The text.
    public let rawValue: String

    /// The session that the text names.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The run that it belongs to.
    public var track: TrackID { TrackID(rawValue: rawValue.beforeLastSlash) }

    /// The stage.
    public var stage: StageID { rawValue.afterLastSlash }
}

extension String {
    /// Empty where there is no slash.
    fileprivate var beforeLastSlash: String {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[..<$0]) } ?? ""
    }

    /// All of it where there is no slash.
    fileprivate var afterLastSlash: String {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[utf8.index(after: $0)...]) } ?? self
    }
}
