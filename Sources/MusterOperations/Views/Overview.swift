import CivilTime
import MusterModel
import MusterStore

/// A partnership's season on one page: how it stands, what needs somebody, and who does what when.
///
/// Of several partnerships it says of each how it stands, in place of their seasons.
public struct Overview: Codable, Sendable {
    /// A partnership that somebody looks after.
    public struct Partnership: Codable, Sendable {
        /// What its file calls it.
        public var id: PartnershipID
        /// The name.
        public var name: String
        /// `14 of 15 schools, 43 sessions`.
        public var summary: String
        /// How many hosts and events cannot be scheduled.
        public var unscheduled: Int
        /// How many seats of sessions to come are given back.
        public var declined: Int

        /// How many things need somebody.
        public var needs: Int { unscheduled + declined }
    }

    /// One person's place in a session.
    public struct Seat: Codable, Sendable {
        /// The session.
        public var session: SessionID
        /// `Review at Oakford Primary, Thu 14 Jan 09:30–12:00`.
        public var title: String
        /// The person.
        public var person: PersonID
        /// What they are called.
        public var name: String
        /// What is to be said of it, such as what they wrote, or by when they were asked to answer; empty for nothing.
        public var remark: String
    }

    /// What it is called: the partnership, or all of them.
    public var title: String
    /// How each stands, where several are looked at; else empty.
    public var partnerships: [Partnership]
    /// Whether there are more that they may see.
    public var isOneOfSeveral: Bool
    /// When it was looked at.
    public var at: Instant
    /// The number of the published revision; nil before anything was published.
    public var revision: Int?
    /// `14 of 15 schools, 43 sessions`.
    public var summary: String
    /// `3 of 43 sessions have ever been moved`.
    public var stability: String
    /// The season; empty where several are looked at.
    public var season: Season
    /// The change that waits for a yes; nil for none.
    public var proposal: ShowProposal.Response?
    /// Who does not come, or may not, to sessions to come; empty where several are looked at.
    public var declined: [Seat]
    /// Who has not answered; empty where several are looked at.
    public var unanswered: [Seat]
    /// What was due beside sessions and is not done; empty where several are looked at.
    public var overdue: [ListDeadlines.Entry]
    /// Mails that wait for somebody to read them.
    public var waitingMails: [IncomingMail]
    /// The numbers of those that are answers and may not be from whom they say, among the `mostListed` newest.
    public var doubtfulAnswers: Set<Int>
    /// Mails that were given up or came back.
    public var failedMails: [MessageSummary]
    /// How many mails are held until somebody releases them.
    public var heldMails: Int
    /// What is to be said of calendars that cannot be relied on.
    public var calendarRemarks: [String]

    /// So many things of a kind are listed one by one; whether a yes is enough for a mail is looked at of these alone.
    public static let mostListed = 12

    /// How many things need somebody.
    public var needs: Int {
        (proposal == nil ? 0 : 1) + partnerships.reduce(season.unscheduled.count + declined.count) { $0 + $1.needs }
            + overdue.count + waitingMails.count + failedMails.count + (heldMails > 0 ? 1 : 0) + calendarRemarks.count
    }
}

/// Shows a partnership's season, and what needs somebody.
public enum ShowOverview: Operation {
    /// The name on the socket.
    public static let name = "show-overview"

    /// Whose season.
    public struct Request: Codable, Sendable {
        /// The partnership; nil for all that they may see.
        public var partnership: PartnershipID?

        /// A request.
        public init(partnership: PartnershipID? = nil) { self.partnership = partnership }
    }

    /// Shows it.
    ///
    /// - Throws: `Failure` where the partnership is not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Overview {
        try workspace.overview(of: request.partnership)
    }
}

extension Workspace {
    fileprivate func overview(of partnership: PartnershipID?) throws -> Overview {
        let isOneOfSeveral = programme.partnerships.count { viewer.sees($0.id) } > 1
        return try limited(to: partnership).overview(
            isWhole: partnership != nil || !isOneOfSeveral, isOneOfSeveral, decidingAs: self)
    }

    /// - Parameters:
    ///   - isWhole: whether the season is shown; else how each partnership stands.
    ///   - whole: what they may decide about, which is more than what is shown.
    private func overview(isWhole: Bool, _ isOneOfSeveral: Bool, decidingAs whole: Workspace) throws -> Overview {
        let revision = try store.latestRevision()
        let cycles = programme.cycles(seenBy: viewer)
        let plan = revision.map { revision in cycles.map(revision.plan.limited) ?? revision.plan } ?? Plan()
        let sessions = isWhole ? try visibleSessions() : []
        let answers = try store.answers(of: sessions.map(\.uid))
        let attendance = sessions.map { ($0.details.id, Attendance($0.details, answers[$0.uid] ?? [])) }
        let change = try store.openChange().flatMap { $0.tracks.contains(where: isVisible) ? $0 : nil }
        let proposal = change.flatMap { change in
            // What another version kept is worked out anew, and is no reason to show nothing.
            (try? waitingView(change.number)).map {
                ShowProposal.Response(
                    change: change, view: $0.1.seen(in: self), decides: change.tracks.allSatisfy { whole.isVisible($0) }
                )
            }
        }
        let own = programme.partnerships.filter { viewer.sees($0.id) }
        let waitingMails = try store.incomingMails(.waiting).filter { seesMail(about: $0.session) }
        return Overview(
            title: own.count == 1 ? own[0].name : "All partnerships",
            partnerships: isWhole ? [] : try standings(plan), isOneOfSeveral: isOneOfSeveral, at: now(),
            revision: revision?.number,
            summary: plan.summary(of: programme), stability: try stability(),
            season: Season(
                programme: programme, cycles: isWhole ? cycles : [], plan: plan,
                ledger: isWhole ? try store.ledger(at: now(), of: cycles) : Ledger([], at: now()),
                attendance: Dictionary(attendance) { first, _ in first }),
            proposal: proposal,
            declined: declined(sessions, answers), unanswered: try unanswered(sessions),
            overdue: try deadlineEntries(of: sessions).filter(\.isOverdue),
            waitingMails: waitingMails,
            doubtfulAnswers: Set(waitingMails.prefix(Overview.mostListed).map(\.number).filter(isDoubtfulAnswer)),
            failedMails: try store.messageHeads([.dead], about: cycles, limit: 50).filter {
                seesMail(about: $0.session?.id)
            }.map { MessageSummary($0, programme) },
            heldMails: try store.messageHeads([.held], about: cycles).count,
            calendarRemarks: try unreliableCalendars())
    }

    /// How each of several partnerships stands, first those that need somebody.
    private func standings(_ plan: Plan) throws -> [Overview.Partnership] {
        let partnershipOfCycle = programme.cycles.reduce(into: [:]) { $0[$1.id] = $1.partnership }
        let tracks = Dictionary(grouping: plan.tracks) { partnershipOfCycle[$0.id.cycle] }
        let unscheduled = Dictionary(grouping: plan.unscheduled) { partnershipOfCycle[$0.id.cycle] }
        let declined = Dictionary(grouping: try store.declines(toSessionsAfter: now())) {
            partnershipOfCycle[$0.session.track.cycle]
        }
        return programme.partnerships.filter { viewer.sees($0.id) }.map { partnership in
            let own = Plan(tracks: tracks[partnership.id] ?? [], unscheduled: unscheduled[partnership.id] ?? [])
            return Overview.Partnership(
                id: partnership.id, name: partnership.name, summary: own.summary(of: programme),
                unscheduled: own.unscheduled.count, declined: declined[partnership.id]?.count ?? 0)
        }.sorted { ($1.needs > 0 ? 1 : 0, $0.name) < ($0.needs > 0 ? 1 : 0, $1.name) }
    }

    /// Who has said that they do not come, or may not, to sessions to come, by time.
    func declined(_ sessions: [PublishedSession], _ answers: [String: [Answer]]) -> [Overview.Seat] {
        sessions.filter { $0.details.start > now() }.sorted { $0.details.start < $1.details.start }.flatMap { session in
            Attendance(session.details, answers[session.uid] ?? []).answers.compactMap { entry in
                guard let answer = entry.answer, answer.status != .accepted else { return nil }
                return seat(entry.participant, details: session.details, remark: answer.status.verb() + answer.remark)
            }
        }
    }

    private func unanswered(_ sessions: [PublishedSession]) throws -> [Overview.Seat] {
        try store.unansweredInvitations(at: now(), to: sessions).filter(\.participant.isRequired).sorted {
            ($0.session.details.start, $0.participant.name) < ($1.session.details.start, $1.participant.name)
        }
        .map { invitation in
            let details = invitation.session.details
            let last = programme.track(details.id.track).flatMap { track in
                ChaseRules.lastDay(
                    asked: invitation.asked, start: details.start, days: track.cycle.chase.answerDays,
                    in: TimeZoneDatabase.system[details.zone] ?? .utc)
            }
            let remark = last.map { "asked to answer by \(Wording.day($0))" } ?? ""
            return seat(invitation.participant, details: details, remark: remark)
        }
    }

    private func seat(
        _ participant: SessionDetails.Participant, details: SessionDetails, remark: String
    ) -> Overview.Seat {
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        return Overview.Seat(
            session: details.id, title: "\(details.title), \(Wording.span(details.start, details.end, in: zone))",
            person: participant.person, name: participant.name, remark: remark)
    }

    /// What is to be said about calendars that cannot be relied on.
    func unreliableCalendars() throws -> [String] {
        let odd = try oddCalendars().filter { $0.value.freshness != .fresh }
        return calendarRemarks(odd, of: odd.keys.sorted { $0.location < $1.location })
    }

    /// How those calendars fare that bind whom they look after, and cannot be relied on or have something odd.
    func oddCalendars() throws -> [CalendarSource: CalendarCopy] {
        guard viewer.partnerships == nil else { return try store.calendarCopies(.odd, of: visibleCalendars) }
        // All of them are asked for where most are as they should be.
        let owners = programme.calendarOwners
        return try store.calendarCopies(.odd).filter { owners[$0.key] != nil }
    }

    /// How many calendars bind those whom they look after.
    public var visibleCalendarCount: Int {
        viewer.partnerships == nil ? programme.calendars.count : visibleCalendars.count
    }

    /// The calendars that bind those whom they look after.
    var visibleCalendars: [CalendarSource] {
        guard viewer.partnerships != nil else { return programme.calendars }
        let own = programme.partnerships.filter { viewer.sees($0.id) }
        let schools = Set(own.flatMap(\.schools))
        let people = Set(schools.flatMap { programme.people(of: $0) }).sorted().map { programme.people[$0] }
        let sources =
            own.flatMap(\.calendars) + programme.schools(schools).flatMap(\.calendars) + people.flatMap(\.calendars)
        var seen: Set<CalendarSource> = []
        return sources.filter { seen.insert($0).inserted }
    }
}
