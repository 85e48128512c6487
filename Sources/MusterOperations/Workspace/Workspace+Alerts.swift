import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Mails that have gone nowhere for so long, in seconds, are worth an alarm.
    private static let longestFailure = 3600

    /// Tells other programs where no mail has left for an hour, and once it leaves again: each once.
    ///
    /// - Returns: what was told; nil for nothing.
    func alert() async throws -> EventKind? {
        let mail = try store.destination(OutboxMessage.mail)
        let isFailing = mail.failingSince.map { now() - $0 >= Self.longestFailure } ?? false
        guard isFailing || mail.failingSince == nil else { return nil }
        let kind: EventKind = isFailing ? .mailFailing : .mailRecovered
        guard try store.newestEvent(of: [.mailFailing, .mailRecovered]) != kind,
            try isFailing || store.newestEvent(of: [.mailFailing]) != nil
        else { return nil }
        let announcement = try webhookComposer.announcement(of: .mail(kind, mail, at: now()))
        let isNew = try await withWriteAccess {
            try $0.store.record(announcement, unlessNewestOf: [.mailFailing, .mailRecovered])
        }
        return isNew ? kind : nil
    }
}
