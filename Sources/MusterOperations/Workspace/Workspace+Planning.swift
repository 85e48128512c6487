import CMemory
import CivilTime
import ConcurrentMap
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterPlanner
import MusterPlanning
import MusterStore
import Synchronization

extension Workspace {
    /// How a plan is to be made.
    struct PlanningOptions: Sendable {
        /// Seconds at most; nil for what the config says.
        var seconds: Int?
        /// The seed; nil for what the config says.
        var seed: Int?
        /// Whether published sessions may move though nothing forces them.
        var improvesPublished = false
        /// Which calendars are read first; the daemon reads them by itself.
        var calendars = CalendarsToRead.all
        /// Whether an answer by mail that says no has to be a quarter of an hour old, so that it can be taken back.
        var waitsForSecondThoughts = false
        /// Runs that stay as they are published, whatever happened to them; those that are not published stay out.
        var keptTracks: Set<TrackID> = []
        /// Of which tracks that do not fit it is worked out why, and what would help; nil for all.
        var explainedTracks: Set<TrackID>?
        /// Told now and then: rounds done and the best score.
        var progress: @Sendable (Int, Solution.Score) -> Void = { _, _ in }

        /// Which calendars are read before a plan is made.
        enum CalendarsToRead: Sendable {
            /// Those that may have changed.
            case all
            /// All, where there is one that nobody has tried to read yet; else none.
            case untried
            /// None: what is known is enough.
            case none
        }
    }

    /// Plans the season on the newest calendars; changes nothing but their copies.
    ///
    /// - Throws: `Failure` where there is no cycle to plan.
    func propose(_ options: PlanningOptions = PlanningOptions()) async throws -> Proposal {
        let found = try await findPlan(options)
        return try proposal(
            found.plan, basis: found.basis, ledger: found.ledger, copies: found.copies, decisions: found.decisions,
            kept: found.kept, search: found.search, obstacles: found.obstacles, notes: found.notes)
    }

    private func copies(_ calendars: PlanningOptions.CalendarsToRead) async throws -> [CalendarSource: CalendarCopy] {
        guard calendars != .all else { return try await refreshCalendars().copies }
        let copies = try currentCopies()
        guard calendars == .untried, !haveBeenRead(copies) else { return copies }
        return try await refreshCalendars().copies
    }

    /// Plans the season, and does not ask what it would mean for anybody.
    ///
    /// - Throws: `Failure` where there is no cycle to plan.
    func findPlan(_ options: PlanningOptions) async throws -> FoundPlan {
        var options = options
        // It is kept in memory, and what follows asks for it.
        let newest = Ahead { [store] () throws(StoreError) in try store.latestRevision() }
        let copies = try await copies(options.calendars)
        _ = try newest.value()
        let now = now()
        let basis = try store.latestRevision()
        let decisions = try store.decisions()
        let declines =
            try declines(
                settledBy: options.waitsForSecondThoughts ? now - AnswerWriter.secondThoughts : now,
                basis?.plan ?? Plan()) + unreached()
        var context = ProblemCompiler.Context(
            copies: copies, published: basis?.plan ?? Plan(), ledger: try store.ledger(at: now), decisions: decisions,
            declines: declines, now: now, notice: configuration.planning.notice,
            buffer: configuration.planning.buffer)
        options.keptTracks.formUnion(rejectedTracks(context, try store.rejectedChanges()))
        context.declines.removeAll { options.keptTracks.contains($0.session.track) }
        var (found, missing) = try await plan(context, decisions: decisions, options: options, dateKept: { _ in true })
        let silent = Set(context.declines.filter { $0.way == Answer.bounce }.map(\.session.track))
        if !missing.isDisjoint(with: silent) {
            // Nobody can take the place: the address may yet be mended, and another date would be one for everybody.
            context.declines.removeAll {
                $0.way == Answer.bounce && missing.contains($0.session.track)
            }
            (found, missing) = try await plan(context, decisions: decisions, options: options, dateKept: { _ in true })
        }
        let obstacles = found.obstacles
        // A substitute on the same date first; where there is none, another date; where there is none either, whoever
        // declined is left where they are.
        let moved = missing
        if !missing.isEmpty {
            context.irreplaceable = missing
            (found, missing) = try await plan(
                context, decisions: decisions, options: options, dateKept: { !moved.contains($0) })
            missing.formIntersection(context.declines.map(\.session.track))
            if !missing.isEmpty {
                context.declines.removeAll { missing.contains($0.session.track) }
                (found, _) = try await plan(
                    context, decisions: decisions, options: options, dateKept: { !moved.contains($0) })
            }
        }
        return FoundPlan(
            plan: found.plan, basis: basis, ledger: context.ledger, copies: copies, decisions: decisions,
            kept: found.kept, search: found.search, obstacles: obstacles,
            notes: moved.subtracting(missing).sorted().flatMap { unreplaced(obstacles[$0] ?? []) }
                + declines.filter { decline in
                    let track = decline.session.track
                    return decline.way != Answer.bounce && missing.contains(track)
                        && !found.plan.unscheduled.contains { $0.id == track }
                }.map(unanswered))
    }

    /// A mail that came back is first a matter of addresses; only then somebody else is looked for.
    private static let timeToMendAddress = 86_400

    /// Who has not been reached for a day by mails about sessions to come, at the address that the config still has.
    func unreached() throws -> [Answer] {
        try store.unreached(by: now() - Self.timeToMendAddress, at: now()).filter {
            programme.person($0.person)?.address.lowercased() == $0.comment.lowercased()
        }
    }

    /// That nobody could be found for seats on the dates that are published.
    private func unreplaced(_ obstacles: [PublishedObstacle]) -> [String] {
        var seen: Set<PersonID> = []
        return obstacles.filter { seen.insert($0.person).inserted }.map { obstacle in
            let name = programme.name(of: obstacle.person)
            return
                "Nobody can take the place of \(name) at \(programme.label(of: obstacle.track)) on the same dates with the others of the team, so another date is looked for."
        }
    }

    /// Published runs that stay as they are since somebody said no to a change, and nothing has been added to why it was
    /// proposed.
    private func rejectedTracks(
        _ context: ProblemCompiler.Context, _ rejections: [Store.RejectedChange]
    ) -> Set<TrackID> {
        guard !rejections.isEmpty, let compiler = ProblemCompiler(programme, context: context) else { return [] }
        let obstacles = compiler.compile().publishedObstacles
        let published = context.published.tracksByID
        return rejections.reduce(into: []) { kept, rejection in
            let known = Set((try? JSONDecoder().decode([PublishedObstacle].self, from: rejection.causes)) ?? [])
            kept.formUnion(
                rejection.tracks.filter { published[$0] != nil && known.isSuperset(of: obstacles[$0] ?? []) })
        }
    }

    private struct SearchedPlan {
        let plan: Plan
        /// The decisions that it follows, with what is too near to change.
        let kept: [Decision]
        let search: Proposal.Search
        /// Why published runs could not stay as they are.
        let obstacles: [TrackID: [PublishedObstacle]]
    }

    /// Plans, and says which published runs would be lost because somebody declined, or is not free.
    ///
    /// - Parameter isDateKept: whether a run in which only seats must be filled is to stay on its dates.
    private func plan(
        _ context: ProblemCompiler.Context, decisions: [Decision], options: PlanningOptions,
        dateKept isDateKept: (TrackID) -> Bool
    ) async throws -> (SearchedPlan, lost: Set<TrackID>) {
        var context = context
        let decided = Set(decisions.map(\.subject))
        context.decisions += freezes(context.published, except: decided, context.declines, keeping: options.keptTracks)
        context.decisions += omissions(options.keptTracks, context.published)
        guard let compiler = ProblemCompiler(programme, context: context) else {
            throw Failure("There is no cycle to plan: write one in programme/cycles/.", exitCode: 78)
        }
        var problem = compiler.compile()
        let obstacles = problem.publishedObstacles
        let steady = problem.keepDates(
            where: obstacles.filter { isDateKept($0.key) && !options.keptTracks.contains($0.key) })
        let undecided = problem.undecided(besides: obstacles, improvesPublished: options.improvesPublished)
        let search = try await solve(
            problem, slots: compiler.slots, options: options, undecided: undecided,
            yielding: Set(steady.map(\.rawValue)))
        let declined = Set(context.declines.map(\.session.track))
        let lost = Set(search.outcome.solution.unscheduled.map { TrackID($0.track) }).intersection(
            declined.union(steady)
        )
        .intersection(context.published.tracks.map(\.id))
        let decoder = PlanDecoder(
            programme: programme, slots: compiler.slots, problem: problem, context: context, decisions: decisions)
        let repaired = lost.isEmpty ? options.explainedTracks : []
        var plan = decoder.plan(search.outcome, explaining: options.explainedTracks, repairing: repaired)
        plan.unscheduled += context.published.unscheduled.filter { options.keptTracks.contains($0.id) }
        return (SearchedPlan(plan: plan, kept: context.decisions, search: search, obstacles: obstacles), lost)
    }

    /// That somebody declined and nothing else could be found.
    private func unanswered(_ decline: Answer) -> String {
        let name = programme.name(of: decline.person)
        let stage = programme.stageName(of: decline.session)
        return
            "\(name) does not come to \(stage) at \(programme.label(of: decline.session.track)); neither a substitute nor another date was found, so it stays as it is. muster explain says who else was looked at."
    }

    /// An earlier revision, to be published again: what has begun since stays as it was, and moves and cancellations
    /// decided since are taken back with it.
    ///
    /// - Throws: `Failure` where there is no such revision.
    func propose(revision number: Int) throws -> Proposal {
        guard let revision = try store.revision(number) else {
            let latest = try store.latestRevision()?.number ?? 0
            throw Failure("There is no revision \(number); the newest is \(latest).", exitCode: 65)
        }
        let missing = missing(from: revision.plan)
        guard missing.isEmpty else {
            throw Failure(
                "Revision \(number) cannot be published again: the config no longer has \(Wording.list(missing)). Nothing was changed; put back what is missing, or change the config and apply.",
                exitCode: 65)
        }
        let basis = try store.latestRevision()
        let decisions = try store.decisions()
        return try proposal(
            revision.plan.keeping(begunIn: basis?.plan ?? Plan(), at: now()), basis: basis,
            ledger: try store.ledger(at: now()), copies: try store.calendarCopies(), decisions: decisions,
            kept: decisions, search: nil,
            revertedDecisions: decisions.filter { $0.at > revision.at && !$0.isPin })
    }

    /// What a plan needs for the time to come and the config no longer has.
    private func missing(from plan: Plan) -> [String] {
        let now = now()
        let toCome = plan.tracks.filter { $0.sessions.contains { $0.start > now } }
        let tracks = toCome.map(\.id).filter { programme.track($0) == nil }
        let sessions = toCome.flatMap { track in
            track.sessions.map { track.id.session($0.stage) }.filter {
                programme.track(track.id) != nil && programme.stage(of: $0) == nil
            }
        }
        let people = Set(toCome.flatMap { $0.team.values.flatMap(\.self) }).filter { programme.person($0) == nil }
        return tracks.map(\.rawValue) + sessions.map(\.rawValue) + people.map(\.rawValue).sorted()
    }

    /// Who said by then that they do not come: to a session to come, or to one of a run in which somebody has taken their
    /// place since.
    private func declines(settledBy limit: Instant, _ published: Plan) throws -> [Answer] {
        let tracks = published.tracksByID
        return try store.declines().filter { answer in
            guard !answer.isOwn || answer.at <= limit else { return false }
            let post = programme.post(of: answer.person)
            let isInTeam = tracks[answer.session.track]?.team.values.contains { $0.contains(post) } ?? false
            return answer.start > now() || !isInTeam
        }
    }

    /// Sessions that begin within the freeze stay as they are, with their people, unless a coordinator decided about
    /// them.
    ///
    /// Somebody may still take the place of whoever declined.
    private func freezes(
        _ plan: Plan, except decided: Set<String>, _ declines: [Answer], keeping kept: Set<TrackID>
    ) -> [Decision] {
        plan.tracks.flatMap { planned -> [Decision] in
            guard let track = programme.track(planned.id), !decided.contains(planned.id.rawValue) else { return [] }
            let freeze = track.cycle.freeze ?? configuration.planning.freeze
            let end = kept.contains(track.id) ? Instant(seconds: .max) : now() + freeze * 60
            return planned.sessions.filter { $0.start > now() && $0.start < end }.compactMap { session in
                let subject = planned.id.session(session.stage).rawValue
                let stage = track.stages.first { $0.id == session.stage }
                guard let stage, !decided.contains(subject) else { return nil }
                let gone = Set(declines.filter { $0.session.track == planned.id }.map(\.person))
                let team = planned.team(at: stage).mapValues { $0.filter { !gone.contains($0) } }
                return Decision(subject: subject, kind: .pin(start: session.start, team: team), at: now())
            }
        }
    }

    /// Runs that are to stay out since nobody has agreed to them yet.
    private func omissions(_ kept: Set<TrackID>, _ published: Plan) -> [Decision] {
        kept.subtracting(published.tracks.map(\.id)).sorted().map {
            Decision(subject: $0.rawValue, kind: .cancel, at: now())
        }
    }

    /// For so many tracks the rounds of the config are meant.
    private static let tracksOfUsualRounds = 200
    /// From so many tracks on more of them need no more rounds: half a percent is left to be gained, and the seconds would
    /// end the search before the rounds do.
    private static let tracksOfMostRounds = 1600

    /// Searches on a thread of its own, since it computes for seconds and others must go on; cancelling the task ends
    /// the search with what it has found.
    ///
    /// - Parameters:
    ///   - undecided: how many tracks there is anything to decide about.
    ///   - yielding: tracks that keep their dates only where nobody else has to move for it.
    private func solve(
        _ problem: Problem, slots: Slots, options: PlanningOptions, undecided: Int, yielding: Set<String>
    ) async throws -> Proposal.Search {
        let clock = ContinuousClock()
        let begin = clock.now
        let deadline = begin.advanced(by: .seconds(options.seconds ?? configuration.planning.seconds))
        let seed = options.seed ?? configuration.planning.seed
        let isCancelled = CancellationFlag()
        // A large problem needs more rounds to be planned as well as a small one; the same problem has the same. A seat to
        // be filled in a large season is a small problem.
        let tracks = min(max(Self.tracksOfUsualRounds, undecided), Self.tracksOfMostRounds)
        let rounds = configuration.planning.rounds * tracks / Self.tracksOfUsualRounds
        // Two searches divide a large problem, whatever the machine: the same seed finds the same plan.
        let budget = Planner.Budget(
            rounds: rounds, seed: seed, threads: problem.tracks.count < Self.tracksOfUsualRounds ? 1 : 2,
            improvesPublished: options.improvesPublished, yielding: yielding,
            timeUsed: { isCancelled.isSet || clock.now >= deadline ? 1 : 0 }, progress: options.progress)
        let outcome = try await withTaskCancellationHandler {
            try await DedicatedThread.run { try Planner(problem, threads: budget.threads).solve(budget) }
        } onCancel: {
            isCancelled.set()
        }
        let elapsed = clock.now - begin
        // The C library keeps what the search took in pieces that are of no use for what follows.
        cmemory_give_back()
        return Proposal.Search(
            problem: problem, slots: slots, outcome: outcome,
            seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18, seed: seed)
    }

    /// Says what participants see of a plan.
    var detailsBuilder: DetailsBuilder {
        get throws {
            DetailsBuilder(
                programme: programme, organiser: configuration.organiser.address, nameRoom: try roomNames())
        }
    }

    /// Sessions that have begun are history: nothing is said about them any more.
    ///
    /// - Throws: `Failure` where a cycle's file is used again for another year: its sessions would be those that were held.
    func proposal(
        _ plan: Plan, basis: Revision?, ledger: Ledger, copies: [CalendarSource: CalendarCopy],
        decisions: [Decision], kept: [Decision], search: Proposal.Search?, revertedDecisions: [Decision] = [],
        obstacles: [TrackID: [PublishedObstacle]] = [:], notes: [String] = []
    ) throws -> Proposal {
        let builder = try detailsBuilder
        let details = builder.details(plan)
        let published = try store.sessionsAsKnown(at: now())
        let begun = Set(published.filter { $0.details.start <= now() }.map(\.details.id))
        let changes = ChangeSet(
            published: published.filter { !begun.contains($0.details.id) },
            next: details.filter { !begun.contains($0.id) })
        if let again = details.first(where: { $0.start > now() && begun.contains($0.id) })?.id.track {
            throw Failure(
                "The cycle \"\(again.cycle)\" has the id of one that was held; give the new season an id and a file of its own (muster cycle new). Nothing was changed.",
                exitCode: 65)
        }
        let decisionNotes = DecisionNotes(programme: programme, decisions: kept, ledger: ledger)
        let notes =
            notes + decisionNotes.notes
            + (search.map { decisionNotes.absences($0.problem, $0.slots) } ?? [])
        return Proposal(
            plan: plan, details: details, duties: builder.duties(plan), changes: changes, basis: basis, ledger: ledger,
            decisions: decisions, copies: copies, notes: notes, revertedDecisions: revertedDecisions,
            obstacles: obstacles, search: search)
    }
}

extension Problem {
    /// How many tracks are not published, or cannot stay as they are.
    fileprivate func undecided(
        besides obstacles: [TrackID: [PublishedObstacle]], improvesPublished: Bool
    ) -> Int {
        guard !improvesPublished else { return tracks.count }
        let settled = Set(published.map(\.track)).subtracting(obstacles.keys.map(\.rawValue))
        return tracks.count { !settled.contains($0.id) }
    }
}

/// Says from one thread to another that nobody waits any more.
private final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
