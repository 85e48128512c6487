import CivilTime
import MusterModel
import MusterStore

/// Turns what happened into a message for each endpoint that wants to know.
public struct WebhookComposer: Sendable {
    /// For an endpoint that is given up, events are kept for so long, in seconds.
    private static let lifetime = 30 * 86_400

    /// The endpoints.
    public let endpoints: [WebhookEndpoint]
    private let makeID: @Sendable () -> String

    /// A composer for endpoints.
    ///
    /// - Parameter makeID: makes a name that was never used before.
    public init(endpoints: [WebhookEndpoint], makeID: @escaping @Sendable () -> String) {
        self.endpoints = endpoints
        self.makeID = makeID
    }

    /// An event with a message for each endpoint that wants it.
    public func announcement(of event: Event) -> Announcement {
        Announcement(event, messages: endpoints.filter { $0.wants(event.kind) }.map { message(for: event, to: $0) })
    }

    /// The message for one endpoint, whether it wants the event or not.
    public func message(for event: Event, to endpoint: WebhookEndpoint) -> OutboxMessage {
        OutboxMessage(
            // A point has a meaning of its own in what is signed, so the name has none.
            messageID: "msg_" + makeID().filter { $0 != "." }, destination: endpoint.id,
            topic: .event(
                event.subject.isEmpty
                    ? nil : OutboxMessage.SessionReference(id: SessionID(event.subject), uid: event.uid)),
            reason: event.kind.rawValue, recipient: endpoint.id, subject: event.title,
            content: WebhookBody.bytes(event, endpoint.format), due: event.at, created: event.at,
            expires: event.at + Self.lifetime)
    }
}
