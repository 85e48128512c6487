import CivilTime
import MusterModel

/// What a school gave and received in the cycles before, and what it would like next.
public struct SchoolPast: Hashable, Sendable, Codable {
    /// The last day of the cycle in which it hosted last; nil where it never did.
    public var hostedUntil: CivilDate?
    /// The theme that it had then; nil for none.
    public var theme: String?
    /// What its head chose in a poll on themes since; nil for nothing.
    public var wish: String?
    /// The names of the schools whose people reviewed it last.
    public var reviewers: [String]
    /// Reviews of other schools in which its people took part.
    public var given: Int
    /// Reviews of its own.
    public var received: Int

    /// A past; every field as described there.
    public init(
        hostedUntil: CivilDate? = nil, theme: String? = nil, wish: String? = nil, reviewers: [String] = [],
        given: Int = 0, received: Int = 0
    ) {
        self.hostedUntil = hostedUntil
        self.theme = theme
        self.wish = wish
        self.reviewers = reviewers
        self.given = given
        self.received = received
    }

    /// Whether it should host before another: who never hosted does, then who waited longest, then who gave more than
    /// they received.
    func waits(longerThan other: SchoolPast) -> Bool {
        guard hostedUntil == other.hostedUntil else {
            return hostedUntil.map { own in other.hostedUntil.map { own < $0 } ?? false } ?? true
        }
        return given - received > other.given - other.received
    }

    /// The same as a comment.
    var comment: String {
        [
            hostedUntil.map { "hosted until \($0)" } ?? "has not hosted yet",
            theme.map { "theme then: \($0)" } ?? "",
            reviewers.isEmpty ? "" : "reviewed by \(Wording.list(reviewers))",
            given + received > 0 ? "reviews given \(given), received \(received)" : "",
        ].filter { !$0.isEmpty }.joined(separator: "; ")
    }
}
