import MusterStore

/// What a mail about a session is to its recipient.
enum SessionMailKind {
    /// The first word about it.
    case invitation
    /// It changed.
    case update
    /// It is over for the recipient.
    case cancellation
    /// It is near.
    case reminder

    init(_ scheduling: OutboxMessage.Scheduling) {
        self =
            switch scheduling {
            case .invitation: .invitation
            case .update: .update
            case .cancellation: .cancellation
            }
    }
}
