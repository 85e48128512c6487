import CivilTime

extension Event {
    /// What happened to a session.
    public static func session(
        _ kind: EventKind, _ session: PublishedSession, previousStart: Instant? = nil, changed: [String] = [],
        at now: Instant
    ) -> Event {
        let details = session.details
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        var facts = [("When", Wording.span(details.start, details.end, in: zone) + ", " + Wording.zone(details.zone))]
        if !changed.isEmpty { facts.append(("Changed", Wording.list(changed))) }
        if let previousStart { facts.append(("Before", Wording.moment(previousStart, in: zone))) }
        return Event(
            kind: kind, at: now, subject: details.id.rawValue, uid: session.uid,
            data: SessionEventData(
                session: details.id, uid: session.uid, sequence: session.sequence, start: details.start,
                end: details.end, zone: details.zone, mode: details.mode, previousStart: previousStart,
                changed: changed,
                people: details.showsParticipants
                    ? details.participants.map { SessionEventData.Part(person: $0.person, part: $0.role) } : []),
            title: "\(details.title): \(kind.word)", facts: facts)
    }

    /// A host's run, or a training event, that could not be scheduled.
    public static func unscheduled(_ track: Plan.UnscheduledTrack, at now: Instant) -> Event {
        struct Data: Encodable {
            let track: TrackID
            let reasons: Int
        }
        return Event(
            kind: .sessionUnscheduled, at: now, subject: track.id.rawValue,
            data: Data(track: track.id, reasons: track.reasons.count), title: "\(track.id) could not be scheduled",
            facts: [("Why", "muster explain \(track.id) tells, with the names of people")])
    }

    /// A plan that was published.
    public static func published(revision: Int, plan: Plan, changes: Int, at now: Instant) -> Event {
        struct Data: Encodable {
            let revision: Int
            let tracks: Int
            let unscheduled: Int
            let sessions: Int
            let changes: Int
        }
        let data = Data(
            revision: revision, tracks: plan.tracks.count, unscheduled: plan.unscheduled.count,
            sessions: plan.sessionCount, changes: changes)
        return Event(
            kind: .planPublished, at: now, data: data, title: "Revision \(revision) was published",
            facts: [
                ("Sessions", "\(data.sessions), \(changes) of them new or changed"),
                ("Not scheduled", String(data.unscheduled)),
            ])
    }

    /// A calendar that cannot be read any more, or again.
    public static func calendar(_ kind: EventKind, _ copy: CalendarCopy, at now: Instant) -> Event {
        struct Data: Encodable {
            let calendar: String
            let since: Instant?
            let reason: String?
        }
        let isStale = kind == .calendarStale
        return Event(
            kind: kind, at: now, subject: copy.source.label,
            data: Data(calendar: copy.source.label, since: copy.succeeded, reason: copy.failure),
            title: "The calendar \(copy.source.label) \(isStale ? "cannot be read" : "can be read again")",
            facts: copy.failure.map { [("Why", $0)] } ?? [])
    }

    /// What somebody answered; the title names nobody, since other programs are told it.
    public static func answered(_ answer: Answer, _ title: String) -> Event {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let person: PersonID
            let start: Instant
            let way: String
            let evidence: Evidence
        }
        let kind: EventKind =
            switch answer.status {
            case .accepted: .attendeeAccepted
            case .declined: .attendeeDeclined
            case .tentative: .attendeeTentative
            }
        return Event(
            kind: kind, at: answer.at, subject: answer.session.rawValue, uid: answer.uid,
            data: Data(
                session: answer.session, uid: answer.uid, person: answer.person, start: answer.start,
                way: answer.isOwn ? answer.way : "by hand", evidence: answer.evidence),
            title: "\(title): \(answer.person) \(answer.status.rawValue)",
            facts: [("How", answer.isOwn ? "by \(answer.way), evidence \(answer.evidence.rawValue)" : "told by hand")],
            actor: answer.isOwn ? answer.person.rawValue : answer.way)
    }

    /// Somebody takes an answer back.
    public static func withdrawn(_ answer: Answer, _ title: String, at now: Instant) -> Event {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let person: PersonID
            let insteadOf: Answer.Status
        }
        return Event(
            kind: .attendeeWithdrawn, at: now, subject: answer.session.rawValue, uid: answer.uid,
            data: Data(
                session: answer.session, uid: answer.uid, person: answer.person, insteadOf: answer.status),
            title: "\(title): \(answer.person) takes “\(answer.status.rawValue)” back", actor: answer.person.rawValue)
    }

    /// Somebody proposes another time.
    public static func proposed(
        _ time: Range<Instant>, for details: SessionDetails, uid: String, by person: PersonID, at now: Instant
    ) -> Event {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let person: PersonID
            let start: Instant
            let end: Instant
        }
        let span = Wording.span(
            time.lowerBound, time.upperBound, in: TimeZoneDatabase.system[details.zone] ?? .utc)
        return Event(
            kind: .attendeeProposed, at: now, subject: details.id.rawValue, uid: uid,
            data: Data(
                session: details.id, uid: uid, person: person, start: time.lowerBound, end: time.upperBound),
            title: "\(details.title): \(person) proposes \(span)", actor: person.rawValue)
    }

    /// A mail that a server had taken came back.
    public static func bounced(
        _ number: Int, to person: PersonID, about session: SessionID, _ words: String, at now: Instant
    ) -> Event {
        struct Data: Encodable {
            let mail: Int
            let session: SessionID
            let person: PersonID
        }
        return Event(
            kind: .mailBounced, at: now, subject: session.rawValue,
            data: Data(mail: number, session: session, person: person),
            title: "The mail \(number) came back",
            facts: [("Why", "muster outbox show \(number) tells, in the server's words")])
    }

    /// Somebody takes the place of another in a session; the title names nobody, since other programs are told it.
    public static func substituted(
        _ session: PublishedSession, role: RoleID, left: PersonID, by joined: PersonID, at now: Instant
    ) -> Event {
        struct Data: Encodable {
            let session: SessionID
            let uid: String
            let role: RoleID
            let person: PersonID
            let insteadOf: PersonID
        }
        let id = session.details.id
        return Event(
            kind: .attendeeSubstituted, at: now, subject: id.rawValue, uid: session.uid,
            data: Data(session: id, uid: session.uid, role: role, person: joined, insteadOf: left),
            title: "\(session.details.title): \(joined) instead of \(left)")
    }

    /// A change to the plan that waits for somebody's yes, or was decided about.
    public static func proposal(
        _ kind: EventKind, _ change: PlanChange, because reason: String = "", by actor: String = Event.muster,
        at now: Instant
    ) -> Event {
        struct Data: Encodable {
            let proposal: Int
            let tracks: [TrackID]
            let reason: String
        }
        let title = "The proposal \(change.number) \(kind == .proposalCreated ? "waits" : kind.word): \(change.title)"
        return Event(
            kind: kind, at: now, data: Data(proposal: change.number, tracks: change.tracks, reason: reason),
            title: title + (reason.isEmpty ? "" : " (\(reason))"), actor: actor)
    }

    /// Something that a coordinator decided over the planner's head.
    public static func decided(_ decision: Decision, _ title: String) -> Event {
        struct Data: Encodable {
            let decision: Decision.Kind
            let reason: String
        }
        return Event(
            kind: .decisionMade, at: decision.at, subject: decision.subject,
            data: Data(decision: decision.kind, reason: decision.reason),
            title: title + (decision.reason.isEmpty ? "" : ": \(decision.reason)"), actor: decision.author)
    }

    /// Something that was done by hand and that no other program is told of.
    public static func done(
        _ kind: EventKind, _ title: String, subject: String = "", by actor: String = Event.muster, at now: Instant
    ) -> Event {
        Event(kind: kind, at: now, subject: subject, data: Nothing(), title: title, actor: actor)
    }

    private struct Nothing: Encodable {}

    /// Somebody tries an endpoint.
    public static func test(at now: Instant) -> Event {
        struct Data: Encodable {
            let note = "This is a test. Nothing happened."
        }
        return Event(kind: .test, at: now, data: Data(), title: "This is a test of muster. Nothing happened.")
    }
}

extension EventKind {
    fileprivate var word: String { String(rawValue.drop { $0 != "." }.dropFirst()) }
}
