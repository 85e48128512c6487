import CivilTime
import MusterConfiguration
import MusterModel
import MusterPlanner
import MusterStore

/// A proposal as people and scripts see it: how it was found, the season, what would change, and who would be told.
public struct PlanReport: Codable, Sendable {
    /// How much a programme holds.
    public struct Counts: Codable, Sendable {
        /// Partnerships.
        public var partnerships: Int
        /// Schools.
        public var schools: Int
        /// People with a role.
        public var people: Int
        /// People who are invited besides.
        public var invitees: Int
        /// Calendars.
        public var calendars: Int
    }

    /// How a plan was found.
    public struct Search: Codable, Sendable {
        /// Seconds that it took.
        public var seconds: Double
        /// Rounds of improvement.
        public var rounds: Int
        /// The seed.
        public var seed: Int
    }

    /// What a plan costs.
    public struct Cost: Codable, Sendable {
        /// The score.
        public var score: Solution.Score
        /// The cost, term by term.
        public var terms: [String: Int]
    }

    /// What becomes of one session.
    public struct Change: Codable, Sendable {
        /// The session.
        public var session: SessionID
        /// What participants read of it; nil for one that no longer takes place.
        public var after: Appearance?
        /// What they read of it before; nil for a new one.
        public var before: Appearance?
        /// What changed, as sentences.
        public var sentences: [String]
        /// How many are told, by reason.
        public var reasons: [String: Int]
    }

    /// What participants read of a session.
    public struct Appearance: Codable, Sendable {
        /// `Review at Oakford Primary`.
        public var title: String
        /// `Wed 13 Jan 14:00–15:00`, on the host's clocks.
        public var when: String

        init(_ details: SessionDetails) {
            title = details.title
            when = Wording.span(details.start, details.end, in: TimeZoneDatabase.system[details.zone] ?? .utc)
        }
    }

    /// The organiser's name.
    public var organiser: String
    /// When it was worked out.
    public var at: Instant
    /// How much the programme holds.
    public var counts: Counts
    /// `14 of 15 schools, 43 sessions`.
    public var summary: String
    /// How it was found; nil for an earlier revision.
    public var search: Search?
    /// What it costs; nil for an earlier revision.
    public var cost: Cost?
    /// What the published plan costs; nil for an earlier revision, or where nothing is published.
    public var publishedCost: Cost?
    /// The plan.
    public var plan: Plan
    /// The plan, laid out for people to look at.
    public var season: Season
    /// What is to be said about calendars.
    public var calendarRemarks: [String]
    /// What is to be said about decisions that it follows against a rule.
    public var notes: [String]
    /// The revision that it was worked out on; nil for none.
    public var basis: Int?
    /// What would change.
    public var changes: [Change]
    /// How many mails that makes, by reason.
    public var mailsByReason: [ChangeSet.Reason: Int]
    /// How many people get them.
    public var recipients: Int
    /// How many hear nothing.
    public var undisturbed: Int
    /// Messages of earlier changes that wait for approval.
    public var held: Int

    init(_ proposal: Proposal, _ workspace: Workspace) throws {
        let programme = workspace.programme
        let invitees = programme.people.count { $0.roles.isEmpty }
        organiser = workspace.configuration.organiser.name
        at = workspace.now()
        counts = Counts(
            partnerships: programme.partnerships.count, schools: programme.schools.count,
            people: programme.people.count - invitees, invitees: invitees, calendars: programme.calendars.count)
        summary = proposal.plan.summary(of: programme)
        plan = proposal.plan
        season = Season(
            programme: programme, plan: proposal.plan, ledger: proposal.ledger, attendance: try workspace.attendance())
        calendarRemarks = workspace.calendarRemarks(proposal.copies)
        notes = proposal.notes
        basis = proposal.basis?.number
        changes = proposal.changes.changes.map(Change.init)
        mailsByReason = proposal.changes.mailsByReason
        recipients = proposal.changes.recipients.count
        undisturbed = proposal.undisturbed
        held = try workspace.store.waitingForApproval()
        guard let found = proposal.search else { return }
        search = Search(seconds: found.seconds, rounds: found.outcome.rounds, seed: found.seed)
        let explanation = found.outcome.explanation
        cost = Cost(score: found.outcome.solution.score, terms: explanation.terms)
        let published = explanation.published
        if proposal.basis != nil { publishedCost = Cost(score: published.score, terms: published.terms) }
    }
}

extension Workspace {
    /// Who has said what about the published sessions, where anybody has.
    fileprivate func attendance() throws -> [SessionID: Attendance] {
        let answers = try store.answers()
        guard !answers.isEmpty else { return [:] }
        return try store.publishedSessions().reduce(into: [:]) { attendance, session in
            guard let given = answers[session.uid] else { return }
            attendance[session.details.id] = Attendance(session.details, given)
        }
    }
}

extension PlanReport.Change {
    init(_ change: ChangeSet.SessionChange) {
        session = change.id
        after = change.after.map(PlanReport.Appearance.init)
        before = (change.before?.details).map(PlanReport.Appearance.init)
        sentences = change.sentences
        reasons = change.notifications.reduce(into: [:]) { $0[$1.reason.rawValue, default: 0] += 1 }
    }

    /// Whether the session has another time.
    public var isMoved: Bool { after != nil && before != nil && after?.when != before?.when }
}
