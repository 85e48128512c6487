import CivilTime
import CurlTransport
import Foundation
import IMAP
import MusterConfiguration
import MusterModel
import MusterStore
import OAuth
import Transport

extension Workspace {
    /// Something that is another whenever the mailbox is to be connected to anew; nil for none.
    public var mailboxID: String? { configuration.answers.mailbox?.id ?? configuration.answers.graph?.id }

    /// Connects to the mailbox from which answers are read, and signs in.
    ///
    /// - Throws: `Failure` where the config names none; `TransportError` where it cannot be reached.
    public func openMailbox() async throws -> any AnswerMailbox {
        if let graph = configuration.answers.graph {
            let request = ClientCredentials.graph(
                tenant: graph.tenant, client: graph.client, secret: try Secrets.read(graph.secret), url: graph.tokenURL)
            let transport = CurlHTTPTransport()
            return GraphMailbox(
                mailbox: graph, transport: transport,
                tokens: CachingTokenSource(request, transport: transport, authorities: graph.authorities, now: now))
        }
        guard let mailbox = configuration.answers.mailbox else {
            throw Failure("muster.yaml names no mailbox: write answers: imap.", exitCode: 78)
        }
        let login = try login(user: mailbox.user, mailbox.proof, authorities: mailbox.authorities)
        let stream = try await CurlMailboxStream.open(
            CurlMailboxStream.Configuration(
                host: mailbox.host, port: mailbox.port,
                security: CurlMailTransport.Security(rawValue: mailbox.security) ?? .tls, login: login,
                authorities: mailbox.authorities))
        return IMAPMailbox(client: IMAPClient(stream, mostBytes: TakeMail.mostBytes), mailbox: mailbox)
    }

    /// Takes what is new in the mailbox, and remembers that it could be read.
    ///
    /// - Returns: how many mails were taken.
    public func readMailbox(_ mailbox: any AnswerMailbox) async throws -> Int {
        guard let id = mailboxID else { return 0 }
        let count = try await mailbox.takeNew(into: self)
        var position = try store.mailboxPosition(id)
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
