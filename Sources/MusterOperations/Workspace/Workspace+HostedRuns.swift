import CivilTime
import MusterModel
import MusterStore

extension Workspace {
    /// A school's run through a cycle, for those who speak for it.
    public struct HostedRun: Sendable {
        /// Something at a time.
        public struct Entry: Sendable {
            /// What it is.
            public var name: String
            /// When, in words.
            public var when: String
            /// What is to be done; empty for nothing.
            public var note = ""
        }

        /// A session.
        public struct Session: Sendable {
            /// What it is called.
            public var title: String
            /// When, in words.
            public var when: String
            /// Who comes, in a sentence.
            public var who: String
        }

        /// The school and its cycle.
        public var label: String
        /// The key enquiry question, with whether it is agreed; nil for none.
        public var question: String?
        /// Its sessions, by time.
        public var sessions: [Session]
        /// What is due, by time.
        public var deadlines: [Entry]
    }

    /// The runs of which somebody is host, of those that have sessions to come to which they are asked.
    func hostedRuns(of person: PersonID, among sessions: [PublishedSession]) throws -> [HostedRun] {
        let hosted = sessions.map(\.details).filter { details in
            details.participants.contains { $0.person == person && $0.role == Duty.host }
        }
        return try Set(hosted.map(\.id.track)).sorted().compactMap(hostedRun)
    }

    private func hostedRun(_ id: TrackID) throws -> HostedRun? {
        guard let track = programme.track(id), let host = track.host, let school = programme.school(track.school) else {
            return nil
        }
        let sessions = try store.publishedSessions(in: FeedScope(tracks: [id])).sorted {
            $0.details.start < $1.details.start
        }
        let answers = try store.answers(of: sessions.map(\.uid))
        let deadlines = try deadlines(of: sessions).sorted { $0.due < $1.due }
        return HostedRun(
            label: "\(school.name): \(track.cycle.name)",
            question: host.question.map { $0 + (host.isQuestionAgreed ? " (agreed)" : " (a draft so far)") },
            sessions: sessions.map { session in
                let names = session.details.participants.filter { $0.role != Duty.host }.map(\.name)
                let attendance = Attendance(session.details, answers[session.uid] ?? []).sentence
                return HostedRun.Session(
                    title: session.details.title,
                    when: Wording.span(session.details.start, session.details.end, in: school.zone),
                    who: attendance ?? "Asked: \(Wording.list(names))")
            },
            deadlines: deadlines.map { item in
                HostedRun.Entry(
                    name: item.deadline.name, when: item.doneBy == nil ? "by \(item.when)" : "done",
                    note: item.deadline.note)
            })
    }
}
