import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

/// Somebody in reserve whom a proposal would give a seat.
public struct ProposedSeat: Codable, Hashable, Sendable {
    /// What they said, or that they have not.
    public enum State: String, CaseIterable, Codable, Sendable {
        case notAsked = "not asked"
        case asked
        case agreed = "says yes"
        case declined = "says no"
    }

    /// Who.
    public var person: PersonID
    /// What they are called.
    public var name: String
    /// Their part, in words.
    public var role: String
    /// The run.
    public var track: TrackID
    /// The run, as people read it.
    public var run: String
    /// What they said.
    public var state: State

    /// In a line: `Zara Ali, lead reviewer at Oakford Primary: asked`.
    public var line: String { "\(name), \(role) at \(run): \(state.rawValue)" }
}

extension Workspace {
    /// Whom a change would give a seat that they do not have, with the sessions to which they would come.
    private func standIns(in plan: Plan, _ tracks: [TrackID]) throws -> [StandIn] {
        let published = try store.latestRevision()?.plan.tracksByID ?? [:]
        let sessions = try store.publishedSessions(in: FeedScope(tracks: Set(tracks))).reduce(into: [:]) {
            $0[$1.details.id] = $1
        }
        let now = now()
        return plan.tracks.filter { tracks.contains($0.id) }.flatMap { planned -> [StandIn] in
            guard let track = programme.track(planned.id), let before = published[planned.id] else { return [] }
            // Whoever has a seat is not asked for another one.
            let known = Set(before.team.values.joined())
            return track.cycle.team.flatMap { role -> [StandIn] in
                (planned.team[role.id] ?? []).filter { !known.contains($0) }.compactMap { person in
                    let seats = planned.sessions.filter { session in
                        session.start > now
                            && track.stages.first { $0.id == session.stage }?.attend.contains(role.id) ?? false
                    }.sorted { $0.start < $1.start }.compactMap { session -> StandIn.Seat? in
                        let id = planned.id.session(session.stage)
                        return sessions[id].map {
                            StandIn.Seat(session: id, uid: $0.uid, start: session.start, end: session.end)
                        }
                    }
                    let holder = seats.first.map { programme.holder(of: person, at: $0.start) } ?? person
                    return seats.isEmpty ? nil : StandIn(person: holder, role: role.id, seats: seats, asked: now)
                }
            }
        }
    }

    /// Whom a change that waits would give a seat, and what they said to that.
    func proposedSeats(in waiting: WaitingProposal, _ change: PlanChange) throws -> [ProposedSeat] {
        let standIns = try standIns(in: waiting.plan.plan, change.tracks)
        let asked = try store.standIns(of: standIns.map(\.uid))
        let answers = try store.answers(of: standIns.map(\.uid))
        return standIns.compactMap { standIn in
            guard let track = standIn.seats.first?.session.track, isVisible(track) else { return nil }
            let answer = answers[standIn.uid]?.first {
                $0.person == standIn.person && $0.start == standIn.seats[0].start
            }
            let state: ProposedSeat.State =
                switch answer?.status {
                case .accepted: .agreed
                case .declined: .declined
                default:
                    asked.contains { $0.person == standIn.person && $0.seats == standIn.seats } ? .asked : .notAsked
                }
            return ProposedSeat(
                person: standIn.person, name: programme.name(of: standIn.person),
                role: Wording.role(standIn.role), track: track, run: programme.label(of: track), state: state)
        }
    }

    /// Asks those whom a change that waits would give a seat whether they could come, each once.
    ///
    /// - Returns: the names of those who are asked.
    func askStandIns(in waiting: WaitingProposal, _ change: PlanChange, _ access: WriteAccess) throws -> [String] {
        guard let links = try answerLinks else {
            throw Failure(
                "They would answer on a page: say how people reach the pages (pages: address in muster.yaml).",
                exitCode: 78)
        }
        let writer = LetterWriter(composer: try messageComposer, makeID: Self.makeID)
        let published = try store.publishedSessions(in: FeedScope(tracks: Set(change.tracks))).reduce(into: [:]) {
            $0[$1.details.id] = $1.details
        }
        let questions = try standIns(in: waiting.plan.plan, change.tracks).compactMap { standIn in
            guard let person = programme.person(standIn.person), let details = published[standIn.seats[0].session],
                let address = links.address(.standIn(uid: standIn.uid), person: standIn.person),
                let message = writer.ask(
                    (person.name, person.address, person.zone), toStandIn: standIn, at: details,
                    titles: standIn.seats.map { programme.stageName(of: $0.session) }, on: address)
            else { return nil as (StandIn, OutboxMessage)? }
            return (standIn, message)
        }
        let asked = try access.store.ask(questions) { count in
            .done(
                .standInAsked, "\(Wording.count(count, "person")) asked to step in (proposal \(change.number))",
                by: actor, at: now())
        }
        return asked.map { programme.name(of: $0) }
    }

    /// What somebody sees who is asked whether they could take a seat.
    public struct StandInPage: Sendable {
        /// What they are asked.
        public let standIn: StandIn
        /// The first of the sessions, as it is published.
        public let details: SessionDetails
        /// The titles of all, in their order.
        public let titles: [String]
        /// What they said; nil for nothing.
        public let answer: Answer.Status?
        /// Whether it is of use to say something: nothing has begun.
        public let isOpen: Bool
    }

    /// What is shown at the end of an address; nil where nobody was asked that, or not whoever has it.
    public func standInPage(_ token: String) throws -> StandInPage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let session = try store.considering({ try $0.session(named: name) })
        else { return nil }
        let uid = AnswerLinks.Purpose.standIn(uid: session.uid).uid
        let asked = try store.standIns(of: [session.uid])
        guard let standIn = asked.first(where: { links.isValid(token, uid: uid, person: $0.person) }) else {
            return nil
        }
        let answers = try store.answers(of: [session.uid])[session.uid] ?? []
        return StandInPage(
            standIn: standIn, details: session.details,
            titles: standIn.seats.map { programme.stageName(of: $0.session) },
            answer: answers.first { $0.person == standIn.person && $0.start == standIn.seats.first?.start }?.status,
            isOpen: standIn.seats.allSatisfy { $0.start > now() })
    }

    /// Keeps what somebody says on that page; what was said last counts.
    ///
    /// - Returns: false where it is of no use any more, or the mail has just left.
    public func answer(_ page: StandInPage, comes: Bool) async throws -> LinkedAnswer {
        guard page.isOpen else { return .unknown }
        guard now() - page.standIn.asked >= Self.scannerTime else { return .tooSoon }
        let now = now()
        let answers = page.standIn.seats.map { seat in
            Answer(
                session: seat.session, uid: seat.uid, person: page.standIn.person,
                status: comes ? .accepted : .declined, comment: comes ? "" : "cannot step in", start: seat.start,
                sequence: 0, stamp: now, at: now, way: Answer.link)
        }
        let event = Event.done(
            .standInAnswered, "\(page.details.title): somebody in reserve \(comes ? "could" : "cannot") step in",
            subject: page.details.id.rawValue, by: page.standIn.person.rawValue, at: now)
        try await withWriteAccess { try $0.store.keep(answers, recording: event) }
        return .kept
    }
}
