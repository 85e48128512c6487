/// What a plan is judged by: a kind of trouble, and how many points it costs where a cycle says nothing else.
///
/// The names are those of the planner's exchange format.
public enum Weight: String, CaseIterable, Sendable {
    /// An invited person who cannot come to a session.
    case optional
    /// Teams on one person's shoulders: the square of their number.
    case load
    /// Seats filled by one school's people: the square of their number.
    case balance
    /// A team in which nobody knows the host's theme.
    case theme
    /// A team without anybody from another region, where the cycle prefers one.
    case outside
    /// Somebody who was in the host's team before, where the cycle avoids that.
    case `repeat`
    /// Two schools that review each other in one season.
    case reciprocal
    /// A school day between the first and the last session of a host.
    case elapsed
    /// A published session that moves.
    case move
    /// A published member of a team who is exchanged.
    case swap

    /// Points where nobody says otherwise.
    public var standard: Int {
        switch self {
        case .optional: 2
        case .load: 3
        case .balance, .elapsed: 1
        case .theme: 20
        case .outside: 10
        case .repeat: 15
        case .reciprocal: 25
        case .move: 30
        case .swap: 60
        }
    }
}
