import CivilTime
import MusterModel
import MusterStore

/// What became of a cycle, on one page: what was held, moved, answered and learned.
public struct CycleReport: Codable, Sendable {
    /// A host's run.
    public struct Run: Codable, Sendable {
        /// The school.
        public var school: String
        /// Its theme; nil for none.
        public var theme: String?
        /// The key enquiry question, with whether it was agreed; nil for none.
        public var question: String?
        /// Each session that was held or is to come: `Review: Fri 5 Feb 09:45–12:15`.
        public var sessions: [String]
        /// Who is or was in the team: `lead reviewer: Priya Nair, Lower Wood Primary School`.
        public var team: [String]
        /// Why it could not be scheduled; empty where it was.
        public var reasons: [String]
    }

    /// Something that can be counted.
    public struct Figure: Codable, Sendable {
        /// What.
        public var name: String
        /// How many.
        public var value: String
    }

    /// `Tamar Valley: Rapid Response, spring term 2027`.
    public var title: String
    /// `Monday 11 January 2027 to Wednesday 24 March 2027`.
    public var days: String
    /// What can be counted.
    public var figures: [Figure]
    /// The hosts, in the order of the cycle.
    public var runs: [Run]
    /// What each school gave and took.
    public var schools: [Season.Load]
    /// What those who came thought of it, by stage.
    public var feedback: [FeedbackSummary]
}

/// Shows what became of a cycle.
public enum ShowCycleReport: Operation {
    /// The name on the socket.
    public static let name = "show-cycle-report"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// Its id.
        public var cycle: CycleID

        /// A request.
        public init(cycle: CycleID) { self.cycle = cycle }
    }

    /// Shows it.
    ///
    /// - Throws: `Failure` where there is no such cycle, or it is not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> CycleReport {
        let cycle = workspace.programme.cycles.first { $0.id == request.cycle && workspace.isVisible($0.id) }
        guard let cycle else {
            let known = workspace.programme.cycles.map(\.id).filter(workspace.isVisible).map(\.rawValue)
            throw Workspace.Failure(
                "There is no cycle \"\(request.cycle)\" here\(known.isEmpty ? "" : "; there are \(Wording.list(known))").",
                exitCode: 77)
        }
        return try workspace.report(on: cycle)
    }
}

extension Workspace {
    fileprivate func report(on cycle: Cycle) throws -> CycleReport {
        let plan = try store.latestRevision()?.plan.limited(to: [cycle.id]) ?? Plan()
        let ledger = try store.ledger(at: now(), of: [cycle.id])
        let season = Season(programme: programme, cycles: [cycle.id], plan: plan, ledger: ledger)
        let rows = season.groups.flatMap(\.rows).reduce(into: [TrackID: Season.Row]()) { $0[$1.track] = $1 }
        let reasons = plan.unscheduled.reduce(into: [TrackID: [String]]()) { $0[$1.id] = $1.reasons }
        return CycleReport(
            title: "\(programme.name(of: cycle.partnership)): \(cycle.name)",
            days: "\(Wording.longDay(cycle.dates.lowerBound)) to \(Wording.longDay(cycle.dates.upperBound))",
            figures: try figures(of: cycle, plan),
            runs: cycle.hosts.map { host in
                let id = TrackID(cycle.id, host.school.rawValue)
                let sessions = rows[id]?.sessions ?? []
                return CycleReport.Run(
                    school: programme.name(of: host.school), theme: host.theme,
                    question: host.question.map { "\($0) (\(host.isQuestionAgreed ? "as agreed" : "a draft"))" },
                    sessions: sessions.map { "\($0.stage): \($0.when)" },
                    team: sessions.flatMap(\.team).reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
                    reasons: reasons[id] ?? [])
            }, schools: season.schools.filter { $0.hosts + $0.count > 0 },
            feedback: try feedbackResults().filter { $0.result.cycle == cycle.id })
    }

    private func figures(of cycle: Cycle, _ plan: Plan) throws -> [CycleReport.Figure] {
        let tracks = Set(programme.tracks(of: cycle.id).map(\.id))
        let sessions = try store.publishedSessions(in: FeedScope(tracks: tracks))
        let answers = try store.answers(of: sessions.map(\.uid))
        let attendances = sessions.map { Attendance($0.details, answers[$0.uid] ?? []) }
        func count(_ status: Answer.Status?) -> Int { attendances.reduce(0) { $0 + $1.people(status).count } }
        let people = Set(sessions.flatMap(\.details.participants).map(\.person)).count
        let (moved, all) = try store.movedSessions(of: [cycle.id])
        let items = try deadlineEntries(of: sessions)
        return [
            ("Planned", plan.summary(of: programme)),
            (
                "Held so far",
                "\(sessions.count { $0.details.end <= now() }) of \(Wording.count(sessions.count, "session"))"
            ),
            ("People who take part", "\(people)"),
            ("Moved after they were published", "\(moved) of \(Wording.count(all, "session"))"),
            (
                "Answers",
                "\(count(.accepted)) yes, \(count(.declined)) no, \(count(.tentative)) perhaps, \(count(nil)) none"
            ), ("Deadlines", items.isEmpty ? "none" : "\(items.count { $0.doneBy != nil }) of \(items.count) done"),
        ].map { CycleReport.Figure(name: $0.0, value: $0.1) }
    }
}
