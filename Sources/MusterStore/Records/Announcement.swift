import MusterModel

/// Something that happened, and what others are told of it: both are committed with what made it happen.
public struct Announcement: Sendable {
    /// What happened.
    public var event: Event
    /// What others are told.
    public var messages: [OutboxMessage]

    /// Something that happened.
    public init(_ event: Event, messages: [OutboxMessage] = []) {
        self.event = event
        self.messages = messages
    }
}
