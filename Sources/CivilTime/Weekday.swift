/// A day of the week; weeks begin on Monday (ISO 8601).
public enum Weekday: Int, CaseIterable, Hashable, Comparable, Sendable, Codable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// `Monday`.
    public var name: String {
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][rawValue]
    }

    /// `Mon`.
    public var shortName: String { String(name.prefix(3)) }

    /// Reads `mon`, `Mon`, `Monday`; anything else is nil.
    public init?(name text: some StringProtocol) {
        let lowered = text.lowercased()
        guard lowered.count >= 3,
            let match = Weekday.allCases.first(where: { $0.name.lowercased().hasPrefix(lowered) })
        else { return nil }
        self = match
    }

    /// The order of the week.
    public static func < (left: Weekday, right: Weekday) -> Bool { left.rawValue < right.rawValue }
}
