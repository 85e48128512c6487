/// What happens, by the name that the log and webhooks know it by.
public enum EventKind: String, CaseIterable, Sendable {
    /// A session was published for the first time.
    case sessionScheduled = "session.scheduled"
    /// A session has another time.
    case sessionMoved = "session.moved"
    /// Something else about a session changed.
    case sessionChanged = "session.changed"
    /// A session does not take place.
    case sessionCancelled = "session.cancelled"
    /// A host's run could not be scheduled.
    case sessionUnscheduled = "session.unscheduled"
    /// A plan was published.
    case planPublished = "plan.published"
    /// A reminder was sent.
    case reminderSent = "reminder.sent"
    /// A mail was given up.
    case deliveryFailed = "delivery.failed"
    /// A calendar cannot be read any more.
    case calendarStale = "calendar.stale"
    /// A calendar can be read again.
    case calendarRecovered = "calendar.recovered"
    /// Somebody comes to a session.
    case attendeeAccepted = "attendee.accepted"
    /// Somebody does not come to a session.
    case attendeeDeclined = "attendee.declined"
    /// Somebody may come to a session.
    case attendeeTentative = "attendee.tentative"
    /// Somebody takes the place of another in a session.
    case attendeeSubstituted = "attendee.substituted"
    /// Somebody proposes another time for a session.
    case attendeeProposed = "attendee.proposed"
    /// Somebody takes an answer back.
    case attendeeWithdrawn = "attendee.withdrawn"
    /// A change to the plan waits for somebody's yes.
    case proposalCreated = "proposal.created"
    /// Somebody said yes to a change, and it was published.
    case proposalApplied = "proposal.applied"
    /// Somebody said no to a change, or thought better of that.
    case proposalRejected = "proposal.rejected"
    /// A mail that a server had taken came back.
    case mailBounced = "mail.bounced"
    /// No mail has left for an hour.
    case mailFailing = "mail.failing"
    /// Mails leave again.
    case mailRecovered = "mail.recovered"
    /// Somebody has dealt with a mail that waited.
    case mailSettled = "mail.settled"
    /// Somebody tries an endpoint.
    case test = "muster.test"
    /// A coordinator decided something over the planner's head.
    case decisionMade = "decision.made"
    /// A decision was taken back.
    case decisionReverted = "decision.reverted"
    /// Somebody held, released, retried or discarded messages.
    case outboxChanged = "outbox.changed"
    /// An endpoint was given up.
    case webhookDisabled = "webhook.disabled"
    /// A school was said to be closed or inspected, or not so after all.
    case schoolEvent = "school.event"
    /// The question of a host was agreed, or is open again.
    case questionAgreed = "question.agreed"
    /// Something that was due beside a session is done, or is not after all.
    case deadlineFinished = "deadline.finished"
    /// People in reserve are asked whether they could take seats.
    case standInAsked = "stand-in.asked"
    /// Somebody in reserve says whether they could take a seat.
    case standInAnswered = "stand-in.answered"
    /// Somebody comes to an event on another of its dates.
    case dateChosen = "date.chosen"
    /// Somebody said who was at a session.
    case attendanceRecorded = "attendance.recorded"
    /// A poll was turned into themes of hosts, or into what people know.
    case pollApplied = "poll.applied"
    /// A token for programs was made or taken back.
    case tokenChanged = "token.changed"
    /// Somebody cannot come on some days, or can after all.
    case personAway = "person.away"
    /// The links in mails to a person are of no use any more.
    case linksRevoked = "links.revoked"
    /// Somebody signed in to the pages.
    case viewerSignedIn = "viewer.signed-in"
    /// Somebody signed out of them.
    case viewerSignedOut = "viewer.signed-out"
    /// Somebody needs a password of an app beside the mailed link, or none any more.
    case secondFactorChanged = "second-factor.changed"
    /// What was known of a person was forgotten.
    case personErased = "person.erased"

    /// What other programs can be told of, beside a test.
    public static let forWebhooks: [EventKind] = [
        .sessionScheduled, .sessionMoved, .sessionChanged, .sessionCancelled, .sessionUnscheduled, .planPublished,
        .reminderSent, .deliveryFailed, .calendarStale, .calendarRecovered, .attendeeAccepted, .attendeeDeclined,
        .attendeeTentative, .attendeeWithdrawn, .attendeeProposed, .attendeeSubstituted, .proposalCreated,
        .proposalApplied,
        .proposalRejected, .mailBounced, .mailFailing, .mailRecovered,
    ]

    /// Whether the log keeps it: of reminders the outbox knows everything, and a test is nothing that happened.
    public var isKept: Bool { self != .reminderSent && self != .test }

    /// Whether a name, or a beginning such as `session.*`, means this.
    public func matches(_ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? rawValue.hasPrefix(pattern.dropLast()) : rawValue == pattern
    }
}
