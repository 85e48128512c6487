import CivilTime
import CurlTransport
import Foundation
import IMAP
import MusterConfiguration
import MusterModel
import MusterStore
import Transport

extension Workspace {
    /// Days back from which mails are read where a mailbox is read for the first time, or its mails have other numbers.
    private static let firstDays = 14

    /// Something that is another whenever the mailbox is to be connected to anew; nil for none.
    public var mailboxID: String? { configuration.answers.mailbox?.id }

    /// Connects to the mailbox from which answers are read, and signs in.
    ///
    /// - Throws: `Failure` where the config names none; `TransportError` where it cannot be reached.
    public func openMailbox() async throws -> IMAPClient {
        guard let mailbox = configuration.answers.mailbox else {
            throw Failure("muster.yaml names no mailbox: write answers: imap.", exitCode: 78)
        }
        let login = try login(user: mailbox.user, mailbox.proof, authorities: mailbox.authorities)
        let stream = try await CurlMailboxStream.open(
            CurlMailboxStream.Configuration(
                host: mailbox.host, port: mailbox.port,
                security: CurlMailTransport.Security(rawValue: mailbox.security) ?? .tls, login: login,
                authorities: mailbox.authorities))
        return IMAPClient(stream, mostBytes: TakeMail.mostBytes)
    }

    /// Takes what is new in the mailbox, one mail at a time; each is moved once what follows from it is kept.
    ///
    /// A mail whose move failed is taken again and moved the next time, which changes nothing: so none is moved that was
    /// not taken, whatever the server says of its numbers.
    ///
    /// - Returns: how many were taken.
    public func readMailbox(_ client: IMAPClient) async throws -> Int {
        guard let mailbox = configuration.answers.mailbox else { return 0 }
        let selected = try await client.select(mailbox.name)
        var position = try store.mailboxPosition(mailbox.id)
        if position.validity != selected.validity { (position.validity, position.last) = (selected.validity, 0) }
        // Where mails are moved, those that are left are looked for again.
        let first = mailbox.processed == nil ? position.last + 1 : 1
        let day = now().utc.date - Self.firstDays
        var count = 0
        for uid in try await client.mails(since: day, from: first) {
            try Task.checkCancellation()
            if let content = try await client.mail(uid, first: TakeMail.mostBytes) {
                _ = try await withWriteAccess { try take(content, $0) }
                count += 1
            }
            position.last = max(uid, position.last)
            try await save(position)
            if let processed = mailbox.processed { try await client.move(uid, to: processed) }
        }
        (position.read, position.failure, position.failingSince) = (now(), nil, nil)
        try await save(position)
        return count
    }

    /// Remembers that the mailbox cannot be read.
    public func noteMailboxFailure(_ reason: String) async throws {
        guard let id = mailboxID else { return }
        var position = try store.mailboxPosition(id)
        guard position.failure != reason || position.failingSince == nil else { return }
        (position.failure, position.failingSince) = (reason, position.failingSince ?? now())
        try await save(position)
    }

    private func save(_ position: MailboxPosition) async throws {
        try await withWriteAccess { try $0.store.save(position) }
    }
}
