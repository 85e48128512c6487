import CivilTime
import MusterModel
import MusterStore

/// Decides who is asked once more for an answer, and who else hears of it: in their hours, once for each reason, and
/// never who has answered.
public struct ChaseRun: Sendable {
    /// An invitation without an answer, and how its cycle chases.
    public struct Subject: Sendable {
        /// The invitation.
        public var invitation: UnansweredInvitation
        /// How its cycle chases.
        public var rules: ChaseRules
        /// The clocks and days of whoever is asked.
        public var clock: ReminderClock
        /// Who hears of it in the end; nil for nobody.
        public var superior: Superior?

        /// An invitation; every field as described there.
        public init(
            invitation: UnansweredInvitation, rules: ChaseRules, clock: ReminderClock, superior: Superior? = nil
        ) {
            self.invitation = invitation
            self.rules = rules
            self.clock = clock
            self.superior = superior
        }
    }

    /// Somebody who looks after others.
    public struct Superior: Hashable, Sendable {
        /// The person; empty for one without an id.
        public var person: PersonID
        /// The name.
        public var name: String
        /// The mail address.
        public var address: String

        /// Somebody; every field as described there.
        public init(person: PersonID = "", name: String, address: String) {
            self.person = person
            self.name = name
            self.address = address
        }
    }

    private let writer: ChaseWriter
    private let now: Instant

    /// A run.
    public init(writer: ChaseWriter, at now: Instant) {
        self.writer = writer
        self.now = now
    }

    /// The mails that are due now, and when the next may be; nil where none is to come.
    ///
    /// Everything that one person is asked for stands in one mail.
    ///
    /// - Parameter settled: what was asked for already.
    public func decide(_ subjects: [Subject], settled: Set<ReminderKey>) -> (due: [Chase], next: Instant?) {
        let open: [Step] = subjects.flatMap(steps).filter { !settled.contains($0.key) }
        let due = open.filter { $0.opening <= now }
        let nudges = Dictionary(grouping: due.filter { !$0.isEscalation }, by: \.key.recipient)
        let escalations = Dictionary(grouping: due.filter(\.isEscalation)) { $0.subject.superior?.address ?? "" }
        let asked = nudges.keys.sorted().compactMap { writer.nudge(nudges[$0] ?? [], at: now) }
        let told = escalations.keys.sorted().compactMap { writer.escalation(escalations[$0] ?? [], at: now) }
        return (asked + told, open.map(\.opening).filter { $0 > now }.min())
    }

    /// The mails that ask those who have not answered now, since somebody wants it: each at most once a day.
    public func askNow(_ subjects: [Subject]) -> [Chase] {
        let steps = subjects.map { subject in
            let (invitation, zone) = (subject.invitation, subject.clock.zone)
            let (start, today) = (invitation.session.details.start, zone.local(now).date)
            let last = ChaseRules.lastDay(
                asked: invitation.asked, start: start, days: subject.rules.answerDays, in: zone)
            return Step(
                subject: subject,
                key: ReminderKey(
                    uid: invitation.session.uid, recipient: invitation.participant.address.lowercased(), start: start,
                    rule: "answer: by hand \(today)"), isEscalation: false,
                lastDay: max(last ?? zone.local(start).date - 1, today), due: now, opening: now)
        }
        let byRecipient = Dictionary(grouping: steps, by: \.key.recipient)
        return byRecipient.keys.sorted().compactMap { writer.nudge(byRecipient[$0] ?? [], at: now) }
    }

    /// Something that is to be done about an invitation.
    struct Step {
        let subject: Subject
        let key: ReminderKey
        let isEscalation: Bool
        /// The last day for an answer.
        let lastDay: CivilDate
        let due: Instant
        /// When it is due, or as soon after that as people can be asked.
        let opening: Instant
    }

    /// What is still to be done about an invitation, whether it was done or not.
    private func steps(_ subject: Subject) -> [Step] {
        let (invitation, rules, clock) = (subject.invitation, subject.rules, subject.clock)
        let start = invitation.session.details.start
        guard
            let last = ChaseRules.lastDay(
                asked: invitation.asked, start: start, days: rules.answerDays, in: clock.zone)
        else { return [] }
        var earliest = invitation.asked
        if let tentative = invitation.tentative {
            guard let minutes = rules.tentativeMinutes else { return [] }
            earliest = max(earliest, tentative + minutes * 60)
        }
        let end = clock.zone.instant(LocalDateTime(date: last, time: rules.hours.upperBound))
        func step(_ name: String, due: Instant, isEscalation: Bool = false) -> Step {
            let due = max(due, earliest)
            return Step(
                subject: subject,
                key: ReminderKey(
                    uid: invitation.session.uid, recipient: invitation.participant.address.lowercased(), start: start,
                    rule: "answer: " + name), isEscalation: isEscalation, lastDay: last, due: due,
                opening: clock.nextOpening(from: max(due, now), rules.hours))
        }
        let nudges = rules.nudges.map { minutes in
            step(
                "\(minutes) min",
                due: ReminderRule.before(minutes: minutes).due(start: end, clock: clock, hours: rules.hours))
        }.filter { $0.due > invitation.asked && $0.opening <= end }
        let escalation = rules.escalationDays.flatMap { days -> Step? in
            guard subject.superior != nil, invitation.participant.isRequired else { return nil }
            let morning = LocalDateTime(date: last + days, time: rules.hours.lowerBound)
            return step("escalated", due: clock.zone.instant(morning), isEscalation: true)
        }
        return (nudges + [escalation].compactMap(\.self)).filter { $0.opening < start - ReminderRun.leastNotice }
    }
}
