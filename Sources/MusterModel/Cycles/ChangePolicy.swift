/// What muster does by itself with a change to the published plan; what it does not, it proposes.
public enum ChangePolicy: String, CaseIterable, Hashable, Sendable, Codable {
    /// Nothing.
    case propose
    /// It lets somebody take the place of another on the same date.
    case substitutes
    /// Everything.
    case all
}
