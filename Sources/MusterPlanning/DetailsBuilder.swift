import CivilTime
import MusterModel

/// Works out what participants of each session of a plan see.
public struct DetailsBuilder: Sendable {
    private let programme: Programme
    private let organiser: String?
    private let nameRoom: @Sendable (SessionID) -> String

    /// A builder for a programme, whose invitations come from an organiser's address.
    ///
    /// - Parameter nameRoom: a name for the room of a session's own, the same for its life, which nobody can guess.
    public init(
        programme: Programme, organiser: String? = nil,
        nameRoom: @escaping @Sendable (SessionID) -> String = { $0.rawValue }
    ) {
        self.programme = programme
        self.organiser = organiser
        self.nameRoom = nameRoom
    }

    /// The details of every session of a plan, in its order.
    public func details(_ plan: Plan) -> [SessionDetails] {
        plan.tracks.flatMap { planned -> [SessionDetails] in
            guard let track = programme.track(planned.id), let school = programme.school(track.school) else {
                return []
            }
            return planned.sessions.compactMap { session in
                track.stages.first { $0.id == session.stage }.map {
                    details($0, session: session, planned: planned, track: track, school: school)
                }
            }
        }
    }

    /// Everybody's part in every session of a plan, whether or not two of them are written to at one address.
    public func duties(_ plan: Plan) -> [Duty] {
        plan.tracks.flatMap { planned -> [Duty] in
            guard let track = programme.track(planned.id) else { return [] }
            return planned.sessions.flatMap { session -> [Duty] in
                guard let stage = track.stages.first(where: { $0.id == session.stage }) else { return [] }
                var seen: Set<PersonID> = []
                return parts(stage, planned: planned, track: track, at: session.start).filter {
                    seen.insert($0.person).inserted
                }.map {
                    part in
                    Duty(
                        session: track.id.session(stage.id), person: part.person, role: part.role,
                        start: session.start, end: session.end)
                }
            }
        }
    }

    private func details(
        _ stage: Stage, session: Plan.PlannedSession, planned: Plan.PlannedTrack, track: Track, school: School
    ) -> SessionDetails {
        let partnership = programme.partnership(track.cycle.partnership)
        let participants = participants(stage, start: session.start, planned: planned, track: track, host: school)
        return SessionDetails(
            id: track.id.session(stage.id), stage: stage.name, host: track.host == nil ? nil : school.name,
            purpose: stage.purpose, question: track.host?.question, checklist: stage.checklist, start: session.start,
            end: session.end, zone: school.zone.name,
            place: stage.mode == .online
                ? nil : [school.name, school.address].compactMap(\.self).joined(separator: ", "),
            link: stage.mode == .inPerson
                ? nil
                : stage.link ?? stage.room.flatMap(programme.room)?.link(named: nameRoom(track.id.session(stage.id))),
            mode: stage.mode,
            participants: participants,
            // Who comes on which of several dates is nobody else's news.
            showsParticipants: track.series == nil && participants.count <= track.cycle.attendeesShownUpTo,
            partnership: partnership?.name ?? track.cycle.partnership.rawValue, cycle: track.cycle.name,
            contact: partnership?.coordinator, alarms: track.cycle.alarms,
            visibility: track.cycle.visibility == .public ? nil : track.cycle.visibility,
            allowsProposals: track.cycle.allowsProposals ? nil : false, organiser: organiser,
            answerDays: track.cycle.chase.answerDays,
            isQuestionAgreed: track.host?.isQuestionAgreed == true ? true : nil, places: track.places,
            dates: track.series == nil ? nil : programme.dates(ofEventOf: track).count)
    }

    private func participants(
        _ stage: Stage, start: Instant, planned: Plan.PlannedTrack, track: Track, host: School
    ) -> [SessionDetails.Participant] {
        var seen: Set<String> = []
        return parts(stage, planned: planned, track: track, at: start).compactMap { part in
            guard let person = programme.person(part.person), seen.insert(person.address.lowercased()).inserted else {
                return nil
            }
            return SessionDetails.Participant(
                person: person.id, name: person.name, address: person.address, role: part.role,
                school: person.school.flatMap(programme.school)?.name, isRequired: part.role != Duty.invited,
                zone: person.zone.name == host.zone.name ? nil : person.zone.name)
        }
    }

    /// Who has which part in a session; of those who share a job the one who holds it then.
    private func parts(
        _ stage: Stage, planned: Plan.PlannedTrack, track: Track, at start: Instant
    ) -> [(person: PersonID, role: String)] {
        func holders(_ people: [PersonID]) -> [PersonID] { people.map { programme.holder(of: $0, at: start) } }
        switch track.kind {
        case .host(let host):
            let own = stage.attend.contains(Duty.host) ? holders(host.people).map { ($0, Duty.host) } : []
            let team = track.cycle.team.filter { stage.attend.contains($0.id) }.flatMap { role in
                holders((planned.team[role.id] ?? []).sorted()).map { ($0, role.id) }
            }
            return own + team + host.optional.map { ($0, Duty.invited) }
        case .training(let event):
            return holders(event.required).map { ($0, Duty.trainer) } + event.invited.map { ($0, Duty.invited) }
        }
    }
}
