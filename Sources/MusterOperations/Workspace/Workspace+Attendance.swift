import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// The published session that is meant.
    ///
    /// - Throws: `Failure` where there is none, or it is not theirs.
    func visibleSession(_ name: String) throws -> PublishedSession {
        guard case .session(let id) = try find(name) else {
            throw Failure("\"\(name)\" is no session.", exitCode: 64)
        }
        try require(isVisible(id), "session \(id)")
        let track = try store.publishedSessions(in: FeedScope(tracks: [id.track]))
        guard let session = track.first(where: { $0.details.id == id }) else {
            throw Failure("The session \(id) is not published.", exitCode: 65)
        }
        return session
    }

    /// Everybody who was asked to a session, and whether they were there.
    func attendance(at session: PublishedSession) throws -> [AttendanceEntry] {
        let known = try store.attendance(of: [session.uid])[session.uid] ?? [:]
        let answers = try store.answers(of: [session.uid])[session.uid] ?? []
        return Attendance(session.details, answers).answers.map { entry in
            let person = entry.participant
            return AttendanceEntry(
                person: person.person, name: person.name, address: person.address, school: person.school ?? "",
                role: Wording.role(person.role), answer: entry.answer?.status, wasThere: known[person.person])
        }
    }

    /// Keeps who was at a session; returns of how many people something else is known now.
    ///
    /// - Throws: `Failure` where it has not begun.
    func recordAttendance(_ people: [PersonID: Bool], at session: PublishedSession) async throws -> Int {
        let details = session.details
        guard details.start <= now() else {
            throw Failure("\(details.title) has not begun, so nobody can have been there.", exitCode: 65)
        }
        let event = Event.done(
            .attendanceRecorded,
            "who was at \(details.title) is known of \(Wording.count(people.count, "person"))",
            subject: details.id.rawValue, by: actor, at: now())
        let author = actor
        return try await withWriteAccess {
            try $0.store.recordAttendance(people, at: session.uid, by: author, recording: event)
        }
    }

    /// What whoever runs a training event sees on the page behind their link.
    public struct AttendancePage: Sendable {
        /// The event.
        public let session: PublishedSession
        /// Who looks.
        public let person: PersonID
        /// Everybody who was asked.
        public let entries: [AttendanceEntry]
        /// Whether it has begun.
        public let hasBegun: Bool
    }

    /// What is shown at the end of an address; nil where there is no such event, or not for whoever has it.
    public func attendancePage(_ token: String) throws -> AttendancePage? {
        guard let name = AnswerLinks.sessionName(in: token), let links = try answerLinks,
            let session = try store.considering({ try $0.session(named: name) })
        else { return nil }
        let uid = AnswerLinks.Purpose.attendance(uid: session.uid).uid
        let person = session.details.participants.first {
            session.details.isRun(by: $0) && links.isValid(token, uid: uid, person: $0.person)
        }
        return try person.map {
            AttendancePage(
                session: session, person: $0.person, entries: try attendance(at: session),
                hasBegun: session.details.start <= now())
        }
    }

    /// Keeps what they say there: of everybody who was asked whether they were there.
    public func recordAttendance(_ page: AttendancePage, present: Set<PersonID>) async throws {
        let people = page.entries.reduce(into: [PersonID: Bool]()) { $0[$1.person] = present.contains($1.person) }
        _ = try await acting(as: page.person).recordAttendance(people, at: page.session)
    }
}
