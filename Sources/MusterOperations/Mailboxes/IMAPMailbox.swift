import CivilTime
import IMAP
import MusterConfiguration
import MusterStore
import Transport

/// A mailbox that is read by IMAP.
struct IMAPMailbox: AnswerMailbox {
    /// Days back from which mails are read where a mailbox is read for the first time, or its mails have other numbers.
    private static let firstDays = 14

    let client: IMAPClient
    let mailbox: Configuration.Mailbox

    /// A mail whose move failed is taken again and moved the next time: so none is moved that was not taken, whatever the
    /// server says of its numbers.
    func takeNew(into workspace: Workspace) async throws -> Int {
        let selected = try await client.select(mailbox.name)
        var position = try workspace.store.mailboxPosition(mailbox.id)
        if position.validity != selected.validity { (position.validity, position.last) = (selected.validity, 0) }
        // Where mails are moved, those that are left are looked for again.
        let first = mailbox.processed == nil ? position.last + 1 : 1
        let day = workspace.now().utc.date - Self.firstDays
        var count = 0
        var refusal: TransportError?
        for uid in try await client.mails(since: day, from: first) {
            try Task.checkCancellation()
            do {
                if let content = try await client.mail(uid, first: TakeMail.mostBytes) {
                    try await workspace.take(content)
                    count += 1
                }
                position.last = max(uid, position.last)
                let reached = position
                try await workspace.withWriteAccess { try $0.store.save(reached) }
                if let processed = mailbox.processed { try await client.move(uid, to: processed) }
            } catch let error as TransportError where error.kind == .refused {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
        return count
    }

    func wait(atMost seconds: Int) async throws -> Bool { try await client.wait(atMost: seconds) }

    func close() async { await client.logOut() }
}
