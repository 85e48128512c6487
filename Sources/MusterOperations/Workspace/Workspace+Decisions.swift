import CivilTime
import MusterModel
import MusterPlanning
import MusterStore

extension Workspace {
    /// Keeps a session as it is published: its time and the people who come to it by a role.
    func pin(_ session: SessionID, because reason: String, _ access: WriteAccess) throws {
        let (track, published) = try published(session)
        guard let stage = track.stages.first(where: { track.id.session($0.id) == session }),
            let planned = published.sessions.first(where: { $0.stage == stage.id })
        else {
            throw Failure("\(session) is not in the published plan, so there is nothing to keep.", exitCode: 65)
        }
        let kind = Decision.Kind.pin(start: planned.start, team: published.team(at: stage))
        try access.store.save(
            decision(about: session.rawValue, kind, because: reason),
            title: "\(session) stays at \(hostTime(planned.start, of: session))")
    }

    /// Puts a session at a time on the host's clocks (`2027-01-14T14:00`); what does not fit then is planned around it.
    ///
    /// - Returns: what speaks against that time, if anything does; it is done all the same.
    func move(
        _ session: SessionID, to text: String, because reason: String, _ access: WriteAccess
    ) throws -> String? {
        let (decision, objection) = try decision(moving: session, to: text, because: reason)
        guard case .move(let start) = decision.kind else { return objection }
        try access.store.save(decision, title: "\(session) is to be at \(hostTime(start, of: session))")
        return objection
    }

    /// The decision that puts a session at a time, and what speaks against that; nil where nothing does.
    func decision(
        moving session: SessionID, to text: String, because reason: String
    ) throws -> (Decision, objection: String?) {
        guard let track = programme.track(session.track),
            let stage = track.stages.first(where: { track.id.session($0.id) == session }),
            let school = programme.school(track.school)
        else { throw Failure("There is no session \(session).", exitCode: 64) }
        let parts = text.split { $0 == "T" || $0 == " " }
        guard parts.count == 2, let date = CivilDate(iso: parts[0]), let time = TimeOfDay(parts[1]) else {
            throw Failure(
                "\"\(text)\" should be a day and a time on the host's clocks, such as 2027-01-14T14:00.", exitCode: 64)
        }
        guard time.minutes.isMultiple(of: 15) else {
            throw Failure("Sessions begin at a quarter of an hour; \(time) is none.", exitCode: 65)
        }
        guard track.cycle.dates.contains(date) else {
            throw Failure(
                "\(date) lies outside the cycle \(track.cycle.id) (\(track.cycle.dates.lowerBound) to \(track.cycle.dates.upperBound)); widen its \"dates\" first.",
                exitCode: 65)
        }
        let start = school.zone.instant(LocalDateTime(date: date, time: time))
        guard start > now() else { throw Failure("\(text) has passed; choose a time to come.", exitCode: 65) }
        let objection = DecisionNotes(programme: programme, decisions: [], ledger: Ledger([], at: now()))
            .closed(stage, start: start, school: school)
        return (decision(about: session.rawValue, .move(start: start), because: reason), objection)
    }

    /// Takes a session or a whole track out of the plan.
    ///
    /// - Returns: the names of the track's other stages, which take place all the same.
    func cancel(_ subject: String, because reason: String, _ access: WriteAccess) throws -> [String] {
        let decision = decision(about: subject, .cancel, because: reason)
        try access.store.save(decision, title: "\(subject) does not take place")
        guard let track = programme.track(decision.session.track) else { return [] }
        let cancelled = Set(try store.decisions().filter { $0.kind == .cancel }.map(\.subject))
        return track.stages.filter { !cancelled.contains(track.id.session($0.id).rawValue) }.map(\.name)
    }

    private func decision(about subject: String, _ kind: Decision.Kind, because reason: String) -> Decision {
        Decision(subject: subject, kind: kind, at: now(), author: actor, reason: reason)
    }

    private func published(_ session: SessionID) throws -> (Track, Plan.PlannedTrack) {
        let plan = try store.latestRevision()?.plan
        guard let track = programme.track(session.track),
            let published = plan?.tracks.first(where: { $0.id == track.id })
        else {
            throw Failure("\(session) is not in the published plan; publish one with muster apply first.", exitCode: 65)
        }
        return (track, published)
    }
}
