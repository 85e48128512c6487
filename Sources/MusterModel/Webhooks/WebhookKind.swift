/// What other programs are told of, by the name that a webhook carries.
public enum WebhookKind: String, CaseIterable, Sendable {
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
    /// Somebody tries an endpoint.
    case test = "muster.test"

    /// Whether a name, or a beginning such as `session.*`, means this.
    public func matches(_ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? rawValue.hasPrefix(pattern.dropLast()) : rawValue == pattern
    }
}
