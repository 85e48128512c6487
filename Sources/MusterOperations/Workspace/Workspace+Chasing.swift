import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Asks those who have not answered, and tells those who look after them.
    ///
    /// - Returns: how many mails that makes, and when the next may be due; nil where none is to come.
    @discardableResult
    func chase(at now: Instant) throws -> (sent: Int, next: Instant?) {
        let subjects = try chaseSubjects(at: now)
        guard !subjects.isEmpty else { return (0, nil) }
        let writer = ChaseWriter(try letterWriter)
        let (due, next) = ChaseRun(writer: writer, at: now).decide(subjects, settled: try store.chaseOutcomes(at: now))
        return (try due.count { try store.record($0, at: now) }, next)
    }

    /// Asks those now who have not answered, of a session or of all that are theirs who want it.
    ///
    /// - Returns: how many people are asked; those who were asked by hand today are not.
    func askNow(about session: SessionID?, _ access: WriteAccess) throws -> Int {
        let now = now()
        let writer = ChaseWriter(LetterWriter(composer: try messageComposer, makeID: Self.makeID))
        let subjects = try chaseSubjects(at: now, isAskedFor: true).filter { subject in
            let id = subject.invitation.session.details.id
            return isVisible(id) && (session == nil || id == session) && subject.invitation.participant.isRequired
        }
        return try ChaseRun(writer: writer, at: now).askNow(subjects).count { try access.store.record($0, at: now) }
    }

    /// - Parameter isAskedFor: whether somebody wants it, whatever the cycle says.
    private func chaseSubjects(at now: Instant, isAskedFor: Bool = false) throws -> [ChaseRun.Subject] {
        let clocks = reminderClocks
        return try store.unansweredInvitations(at: now).compactMap { invitation in
            let id = invitation.session.details.id
            guard let track = programme.track(id.track), isAskedFor || track.cycle.chase.answerDays != nil,
                let school = programme.school(track.school)
            else { return nil }
            return ChaseRun.Subject(
                invitation: invitation, rules: track.cycle.chase,
                clock: clocks[invitation.participant.person] ?? ReminderClock(zone: school.zone, days: school.days),
                superior: superior(of: invitation.participant.person, track.cycle.partnership))
        }
    }

    /// The head of the same school, else the coordinator of the partnership; never the person.
    private func superior(of id: PersonID, _ partnership: PartnershipID) -> ChaseRun.Superior? {
        let school = programme.person(id)?.school
        let head = school.flatMap { school in
            programme.people(of: school).lazy.map { programme.people[$0] }.first {
                $0.school == school && $0.roles.contains("head") && $0.id != id
            }
        }
        if let head { return ChaseRun.Superior(person: head.id, name: head.name, address: head.address) }
        return programme.partnership(partnership)?.coordinator.map {
            ChaseRun.Superior(name: $0.name, address: $0.address)
        }
    }
}
