import CivilTime
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// How every webhook endpoint fares.
    func webhookStates() throws -> [Destination] {
        try configuration.webhooks.map { try store.destination($0.id) }
    }

    /// Sends a test to an endpoint now; what waits for it flows again when that gets through.
    ///
    /// - Returns: why it did not get through; nil where it did.
    func testWebhook(_ id: String) async throws -> String? {
        // Asked for first: what nobody has checked must not become the name of a file.
        let endpoint = endpoint(try webhook(id))
        let lock = try await sendingLock(waitingFor: id)
        defer { withExtendedLifetime(lock) {} }
        let message = try webhookComposer.message(for: .test(at: now()), to: endpoint)
        try store.reopen(id, at: now())
        try store.enqueue([message])
        _ = try await deliverer(for: id).runOnce(isAskedFor: true)
        let sent = try store.messages([.due, .dead], limit: 1000).first { $0.messageID == message.messageID }
        return sent.map { $0.lastError ?? (try? store.destination(id).lastError) ?? "it waits behind others" }
    }

    /// Makes everything due again that an endpoint never got, or got since a moment; returns how much.
    func replayWebhooks(_ id: String, since: Instant?, _ access: WriteAccess) throws -> Int {
        _ = try webhook(id)
        try access.store.reopen(id, at: now())
        return try access.store.replay(id, since: since, at: now())
    }
}
