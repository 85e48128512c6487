import CivilTime
import Foundation
import MusterModel
import MusterPlanner
import MusterPlanning
import MusterStore

/// A plan for the season as the search found it, before anybody asks what it would mean for them.
struct FoundPlan: Sendable {
    /// The plan.
    let plan: Plan
    /// The revision that it was worked out on; nil for none.
    let basis: Revision?
    /// What was held before it.
    let ledger: Ledger
    /// The copies of calendars that it rests on.
    let copies: [CalendarSource: CalendarCopy]
    /// The decisions that it was worked out on.
    let decisions: [Decision]
    /// The decisions that it follows, with what is too near to change.
    let kept: [Decision]
    /// How it was found.
    let search: Proposal.Search
    /// Why published runs cannot stay as they are.
    let obstacles: [TrackID: [PublishedObstacle]]
    /// What is to be said about it.
    let notes: [String]
}

/// A plan that could be published, with everything that one wants to know before.
struct Proposal: Sendable {
    /// The plan.
    let plan: Plan
    /// What its participants see of each session.
    let details: [SessionDetails]
    /// Everybody's part in each session of the plan.
    let duties: [Duty]
    /// The difference to what is published.
    let changes: ChangeSet
    /// The revision that it was worked out on; nil for none.
    let basis: Revision?
    /// What was held before it.
    let ledger: Ledger
    /// The decisions that it was worked out on.
    let decisions: [Decision]
    /// The copies of calendars that it rests on.
    let copies: [CalendarSource: CalendarCopy]
    /// What is to be said about decisions that it follows against a rule.
    let notes: [String]
    /// Decisions that are taken back when it is published.
    let revertedDecisions: [Decision]
    /// Why published runs cannot stay as they are.
    let obstacles: [TrackID: [PublishedObstacle]]
    /// How it was found; nil for an earlier revision that is published again.
    let search: Search?

    /// How a plan was found.
    struct Search: Sendable {
        /// The problem.
        let problem: Problem
        /// The grid of its slots.
        let slots: Slots
        /// The solution.
        let outcome: Planner.Outcome
        /// Seconds that it took.
        let seconds: Double
        /// The seed.
        let seed: Int
    }

    /// Participants of published and new sessions who are told nothing.
    var undisturbed: Int {
        let everyone = Set(details.flatMap(\.participants).map { $0.address.lowercased() })
        return everyone.subtracting(changes.recipients).count
    }
}
