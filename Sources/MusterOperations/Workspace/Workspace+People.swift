import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterStore

extension Workspace {
    /// Texts of mails are kept for so long, in seconds.
    private static let contentsKept = 90 * 86_400
    /// Copies of calendars that nobody names any more are kept for so long, in seconds.
    private static let copiesKept = 30 * 86_400

    /// Forgets what is older than the config wants it kept; returns how many records that were.
    func purge() async throws -> Int {
        let now = now()
        return try await withWriteAccess { access in
            try access.store.expire(at: now) + forgetComments(at: now)
                + access.store.purge(
                    past: now - configuration.retentionMonths * 30 * 86_400, contents: now - Self.contentsKept,
                    copies: now - Self.copiesKept, keeping: programme.calendars,
                    dutiesOf: programme.people.map(\.id))
        }
    }

    /// Everything that is kept about a person, for an access request: JSON.
    ///
    /// - Throws: `Failure` where nothing is known of such a person.
    func exportPerson(_ id: PersonID) throws -> String {
        struct Export: Encodable {
            let id: PersonID
            let name: String?
            let address: String?
            let school: SchoolID?
            let roles: [String]
            let sessions: [SessionDetails]
            let duties: [Duty]
            let answers: [Answer]
            let mails: [MailRecord]
            let busy: [BusyInterval]
            let reminders: [String]
            let feeds: [Feed]
            let away: [PersonAbsence]
            let polls: [PollAnswer]
            let feedbackAskedAbout: [String]
            let places: [String]
            let themes: [ChosenTheme]
            let done: [String]
            let wasAt: [String: Bool]
            let chosenDates: [ChosenDate]
            let standIns: [StandIn]
        }
        let person = programme.person(id)
        let sessions = try store.sessions(of: id)
        let mails = try store.mails(to: id)
        let feeds = try store.feeds(of: .person(id))
        let duties = try store.duties(of: id)
        guard person != nil || !sessions.isEmpty || !duties.isEmpty || !mails.isEmpty || !feeds.isEmpty else {
            throw Failure("Nothing is kept about \"\(id)\"; people are named by their id in people.csv.", exitCode: 65)
        }
        let copies = try store.calendarCopies()
        let own = sessions.map { details in
            var details = details
            details.participants = details.participants.filter { $0.person == id }
            return details.participants.first.map(details.withheld) ?? details
        }
        return try Self.json(
            Export(
                id: id, name: person?.name, address: person?.address, school: person?.school,
                roles: (person?.roles ?? []).sorted(), sessions: own, duties: duties,
                answers: try store.answers(of: id), mails: mails,
                busy: (person?.calendars ?? []).flatMap { copies[$0]?.busy ?? [] },
                reminders: try store.reminders(of: Set(own.flatMap(\.participants).map { $0.address.lowercased() })),
                feeds: feeds, away: try store.absences().filter { $0.person == id },
                polls: try store.pollAnswers(of: id), feedbackAskedAbout: try store.feedbackAsked(of: id),
                places: try store.places(of: id), themes: try store.chosenThemes().filter { $0.subject == id.rawValue },
                done: try store.finishedDeadlines().filter { $0.author == id.rawValue }.map {
                    "\($0.uid) \($0.deadline)"
                },
                wasAt: try store.attendance(of: id),
                chosenDates: try store.chosenDates().filter { $0.person == id },
                standIns: try store.standIns(of: id)))
    }

    /// Forgets who a person was: a name that says nothing stands in their place, and numbers stay.
    ///
    /// - Returns: that name.
    /// - Throws: `Failure` while the person is in the config or comes to a session; `StoreError` while a mail waits.
    func erasePerson(_ id: PersonID, _ access: WriteAccess) throws -> String {
        guard programme.person(id) == nil else {
            throw Failure(
                "\(id) stands in people.csv and would come back. Take the row out, then muster apply and send (who waits for them is told), then erase.",
                exitCode: 65)
        }
        let isKnown = try !store.duties(of: id).isEmpty || !store.mails(to: id).isEmpty
        guard try isKnown || !store.feeds(of: .person(id)).isEmpty else {
            throw Failure("Nothing is kept about \"\(id)\".", exitCode: 65)
        }
        let pseudonym = "person-" + Self.makeID().prefix(8)
        let title = "\(pseudonym) stands for somebody now"
        try access.store.erase(
            id, as: pseudonym, at: now(), keeping: programme.calendars,
            recording: .done(.personErased, title, subject: pseudonym, by: actor, at: now()))
        return pseudonym
    }
}
