import CivilTime
import Mail
import MusterModel
import MusterStore

/// Tells endpoints of reminders that were sent and mails that failed, and an owner of an endpoint that was given up.
public struct DeliveryNotifier: DeliveryObserver {
    private let webhooks: WebhookComposer
    private let notices: OwnerNoticeComposer

    /// An notifier.
    public init(webhooks: WebhookComposer, notices: OwnerNoticeComposer) {
        self.webhooks = webhooks
        self.notices = notices
    }

    /// What follows from the outcome of an attempt; nothing from one of a webhook, which would go round in circles.
    public func announcements(
        after outcome: DeliveryOutcome, of message: OutboxMessage, at now: Instant
    ) -> [Announcement] {
        guard message.destination == OutboxMessage.mail else { return [] }
        switch (outcome, message.kind) {
        case (.delivered, .reminder): return [webhooks.announcement(of: .reminded(by: message, at: now))]
        case (.dead(let error), _): return [webhooks.announcement(of: .failed(message, error, at: now))]
        default: return []
        }
    }

    /// A mail for the owner.
    public func announcements(disabling destination: Destination, at now: Instant) -> [Announcement] {
        guard let endpoint = webhooks.endpoints.first(where: { $0.id == destination.name }) else { return [] }
        let since = destination.failingSince.map { " since \(Wording.moment($0, in: .utc)) UTC" } ?? ""
        let text = """
            muster has stopped sending webhooks to the endpoint "\(endpoint.id)". Nothing got through\(since); the last \
            attempt failed like this: \(destination.lastError ?? "no reason was given").

            Nothing is lost: what happens from now on is kept. When the endpoint works again, run

              muster webhook test \(endpoint.id)

            and everything that waits is delivered in its order. "muster webhook list" shows how each endpoint fares.
            """
        let title = "The webhook \(endpoint.id) was given up"
        let notice = notices.notice(to: endpoint.owner, subject: title, text: text, at: now)
        return [
            Announcement(
                .done(.webhookDisabled, title, subject: endpoint.id, at: now), messages: [notice].compactMap(\.self))
        ]
    }
}
