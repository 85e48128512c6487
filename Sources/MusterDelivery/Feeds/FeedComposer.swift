import CivilTime
import ICalendar
import MusterModel
import MusterStore

/// Writes feeds: the sessions of a person, a school or a partnership as a calendar to subscribe to.
///
/// A session has the `UID`, `SEQUENCE` and times of its invitation, but no attendees, no alarms and nobody's address:
/// whoever gets invitations and subscribes too is not alarmed twice, and programs can tell that it is one session. The
/// same sessions and names give the same bytes.
public struct FeedComposer {
    /// Calendar programs are asked to read a feed this often.
    private static let refresh = CalendarDuration(seconds: 4 * 3600)
    /// More people than this are counted in a title, and not named.
    private static let mostNames = 3

    private let programme: Programme
    private let organiser: (name: String, address: String)
    private let answers: [String: [Answer]]
    private let links: AnswerLinks?

    /// A composer for a programme and whom its invitations come from.
    ///
    /// - Parameters:
    ///   - answers: what people answered, by `UID`.
    ///   - links: addresses of people's own; nil where there are no pages.
    public init(
        programme: Programme, organiser: (name: String, address: String), answers: [String: [Answer]] = [:],
        links: AnswerLinks? = nil
    ) {
        self.programme = programme
        self.organiser = organiser
        self.answers = answers
        self.links = links
    }

    /// The feed of a subject.
    ///
    /// - Parameter sessions: all that are published, or those of its scope alone.
    public func feed(of subject: FeedOwner, _ sessions: [PublishedSession]) -> CalendarFeed {
        let scope = programme.scope(of: subject)
        let name = programme.name(of: subject).map { "\(organiser.name): \($0)" } ?? organiser.name
        let entries = sessions.compactMap { session -> CalendarExport.Entry? in
            let people = session.details.participants.filter { scope.people.contains($0.person) }
            let isOnTrack = scope.tracks.contains(session.details.id.track)
            switch subject {
            case .person: return people.first.map { own(session, $0) }
            case .school where isOnTrack: return visit(session, people)
            case .school: return people.isEmpty ? nil : absence(session, people)
            case .partnership: return isOnTrack ? mention(session) : nil
            }
        }
        return CalendarFeed(
            text: CalendarExport.text(entries, organiser: organiser, name: name, refresh: Self.refresh))
    }

    /// To those who come: what their invitation says.
    private func own(_ session: PublishedSession, _ participant: SessionDetails.Participant) -> CalendarExport.Entry {
        var session = session
        session.details = session.details.withheld(from: participant)
        session = links?.personal(session, for: participant.person) ?? session
        var entry = CalendarExport.Entry(session)
        entry.description = description(session, participant)
        return entry
    }

    /// To the host school: all that its people are told, and who comes; it takes nobody's time by itself.
    private func visit(_ session: PublishedSession, _ people: [SessionDetails.Participant]) -> CalendarExport.Entry {
        var entry = CalendarExport.Entry(session)
        entry.description = description(session, people.first)
        entry.takesTime = false
        return entry
    }

    /// To the school of some who come: who is away, and neither what the other school is asked nor where it meets online.
    private func absence(_ session: PublishedSession, _ people: [SessionDetails.Participant]) -> CalendarExport.Entry {
        var entry = mention(session)
        let names =
            people.count > Self.mostNames
            ? Wording.count(people.count, "person") : people.map(\.name).joined(separator: ", ")
        entry.summary += " (\(names))"
        entry.description = "From this school:\n" + list(people, [:], withSchools: false)
        return entry
    }

    /// To everybody else: which, when and where, and neither people nor online rooms, since such a feed is passed on.
    private func mention(_ session: PublishedSession) -> CalendarExport.Entry {
        var entry = CalendarExport.Entry(session)
        entry.description = session.details.cycle
        entry.link = nil
        if session.details.mode != .inPerson, entry.place == nil { entry.place = "Online" }
        entry.takesTime = false
        return entry
    }

    // MARK: Texts

    private func description(_ session: PublishedSession, _ participant: SessionDetails.Participant?) -> String {
        let details = session.details
        let said = Attendance(details, answers[session.uid] ?? []).answers.reduce(into: [:]) { said, entry in
            said[entry.participant.person] = entry.answer?.status
        }
        let people =
            details.showsParticipants && !details.participants.isEmpty
            ? "Who is asked to come:\n" + list(details.participants, said, withSchools: true) : ""
        guard let participant else {
            return [details.purpose, people].filter { !$0.isEmpty }.joined(separator: "\n\n")
        }
        let wording = MessageWording(
            kind: .invitation, notification: ChangeSet.Notification(recipient: participant, reason: .new),
            details: details,
            zone: TimeZoneDatabase.system[details.zone] ?? .utc, changes: [], at: details.start, others: [])
        return [wording.outline, people].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// `- Siân Ellis (lead reviewer, Ysgol Bryn Ŵyn): accepted`, a line each.
    private func list(
        _ people: [SessionDetails.Participant], _ said: [PersonID: Answer.Status], withSchools: Bool
    ) -> String {
        people.map { person in
            let answer = said[person.person].map { ": " + $0.rawValue } ?? ""
            let about = [Wording.role(person.role)] + (withSchools ? [person.school].compactMap(\.self) : [])
            return "- \(person.name) (\(about.joined(separator: ", ")))\(answer)"
        }.joined(separator: "\n")
    }
}
