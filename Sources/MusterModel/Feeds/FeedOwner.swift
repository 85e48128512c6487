/// Whose sessions a feed shows.
public enum FeedOwner: Hashable, Sendable {
    /// Those to which a person comes.
    case person(PersonID)
    /// Those that a school hosts, and those for which its people are away.
    case school(SchoolID)
    /// Those of every cycle of a partnership.
    case partnership(PartnershipID)

    /// A subject by the word for its kind (`person`, `school` or `partnership`) and its id; nil for other words.
    public init?(kind: some StringProtocol, id: String) {
        switch kind {
        case "person": self = .person(PersonID(id))
        case "school": self = .school(SchoolID(id))
        case "partnership": self = .partnership(PartnershipID(id))
        default: return nil
        }
    }

    /// The word for its kind.
    public var kind: String {
        switch self {
        case .person: "person"
        case .school: "school"
        case .partnership: "partnership"
        }
    }

    /// The id in the config.
    public var id: String {
        switch self {
        case .person(let id): id.rawValue
        case .school(let id): id.rawValue
        case .partnership(let id): id.rawValue
        }
    }
}

extension FeedOwner: LosslessStringConvertible {
    /// Reads `person:a.marsh`, `school:900001` or `partnership:tamar-valley`; anything else is nil.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(kind: parts[0], id: String(parts[1]))
    }

    /// `person:a.marsh`.
    public var description: String { "\(kind):\(id)" }
}

extension FeedOwner: Codable {
    /// Reads a word.
    public init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let owner = FeedOwner(word) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "\(word) names nobody's feed"))
        }
        self = owner
    }

    /// Writes it as a word.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
