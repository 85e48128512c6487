/// What a cycle forbids and what it likes.
public struct CycleRules: Sendable {
    /// How a rule about people is meant.
    public enum Preference: String, CaseIterable, Sendable {
        /// It makes no difference.
        case ignore
        /// It is avoided where something else is possible.
        case avoid
        /// It must not be.
        case never
    }

    /// What is done about weeks in which examinations are held, and first and last days of term.
    public typealias DayRule = Preference

    /// How many of one school may be out on a day.
    public enum OutAtOnce: Hashable, Sendable {
        /// As many as it likes.
        case unlimited
        /// So many.
        case count(Int)
        /// One for each so many pupils or part of so many.
        case perPupils(Int)
    }

    /// Whether people of the host's trust or federation may be in its team.
    public var sameTrust = Preference.never
    /// Whether people who were in the host's team in an earlier cycle may be in it again.
    public var earlierTeam = Preference.avoid
    /// Whether two of one school may be in one team.
    public var distinctSchools = true
    /// Whether the team should have someone from another region.
    public var prefersOutsideRegion = false
    /// Whether only people of the partnership may be in teams.
    public var partnershipOnly = false
    /// How many of one school may be out on a day.
    public var outAtOnce = OutAtOnce.unlimited
    /// What is done about weeks in which examinations are held.
    public var examinations = DayRule.never
    /// What is done about the first and the last day of a term.
    public var edgesOfTerm = DayRule.avoid
    /// What can be asked of a person who does not say otherwise.
    public var limits = Person.Limits(teams: 3, perDay: 1, perWeek: 2)
    /// Whether teams count within a year, over all cycles that say so, and not within the cycle.
    public var countsTeamsByYear = false
    /// How many points each kind of trouble costs, where that is not the standard.
    public var weights: [Weight: Int] = [:]

    /// The rules that hold where a cycle says nothing.
    public init() {}
}
