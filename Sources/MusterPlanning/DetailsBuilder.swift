import CivilTime
import MusterModel

/// Works out what participants of each session of a plan see.
public struct DetailsBuilder: Sendable {
    private let programme: Programme

    /// A builder for a programme.
    public init(programme: Programme) {
        self.programme = programme
    }

    /// The details of every session of a plan, in its order.
    public func details(_ plan: Plan) -> [SessionDetails] {
        return plan.tracks.flatMap { planned -> [SessionDetails] in
            guard let track = programme.track(planned.id), let school = programme.school(track.school) else {
                return []
            }
            return planned.sessions.compactMap { session in
                track.stages.first { $0.id == session.stage }.map { details($0, session, planned, track, school) }
            }
        }
    }

    private func details(
        _ stage: Stage, _ session: Plan.PlannedSession, _ planned: Plan.PlannedTrack, _ track: Track, _ school: School
    ) -> SessionDetails {
        let partnership = programme.partnership(track.cycle.partnership)
        let participants = participants(stage, planned, track, school)
        return SessionDetails(
            id: track.id.session(stage.id), stage: stage.name, host: track.host == nil ? nil : school.name,
            purpose: stage.purpose, question: track.host?.question, checklist: stage.checklist, start: session.start,
            end: session.end, zone: school.zone.name,
            place: stage.mode == .online
                ? nil : [school.name, school.address].compactMap(\.self).joined(separator: ", "),
            link: stage.mode == .inPerson ? nil : stage.link ?? stage.room.flatMap(programme.room)?.link,
            mode: stage.mode,
            participants: participants,
            showsParticipants: participants.count <= track.cycle.attendeesShownUpTo,
            partnership: partnership?.name ?? track.cycle.partnership, cycle: track.cycle.name,
            contact: partnership?.coordinator, alarms: track.cycle.alarms,
            visibility: track.cycle.visibility == .public ? nil : track.cycle.visibility,
            allowsProposals: track.cycle.allowsProposals ? nil : false)
    }

    private func participants(
        _ stage: Stage, _ planned: Plan.PlannedTrack, _ track: Track, _ host: School
    ) -> [SessionDetails.Participant] {
        var people: [(id: PersonID, role: String, isRequired: Bool)] = []
        switch track.kind {
        case .host(let host):
            if stage.attend.contains("host") { people += host.people.map { ($0, "host", true) } }
            for role in track.cycle.team where stage.attend.contains(role.id) {
                people += (planned.team[role.id] ?? []).sorted().map { ($0, role.id, true) }
            }
            people += host.optional.map { ($0, "invited", false) }
        case .training(let event):
            people += event.required.map { ($0, "trainer", true) } + event.invited.map { ($0, "invited", false) }
        }
        var seen: Set<String> = []
        return people.compactMap { entry in
            guard let person = programme.person(entry.id), seen.insert(person.address.lowercased()).inserted else {
                return nil
            }
            return SessionDetails.Participant(
                person: person.id, name: person.name, address: person.address, role: entry.role,
                school: person.school.flatMap(programme.school)?.name, isRequired: entry.isRequired,
                zone: person.zone.name == host.zone.name ? nil : person.zone.name)
        }
    }
}
