import CivilTime
import CurlTransport
import Foundation
import Mail
import MaildirTransport
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import OAuth
import StandardWebhooks
import Transport

extension Workspace {
    /// Makes sure that the state can be written.
    public func checkWritable() throws { try store.checkWritable() }

    /// Lets nothing wait for a time that only a clock which went ahead has made late.
    public func pullForward(to now: Instant) throws { try store.pullForward(to: now) }

    /// Every way on which messages leave: the mail, and each webhook endpoint.
    public var destinations: [String] { [OutboxMessage.mail] + configuration.webhooks.map(\.id) }

    /// Takes the right to send to a destination, so that nothing is sent twice at once; changes go on beside it.
    public func sendingLock(_ destination: String) throws -> StateLock {
        try StateLock(directory: stateDirectory, name: "muster.send.\(destination).lock")
    }

    /// The same as soon as whoever sends there now lets go.
    func sendingLock(waitingFor destination: String) async throws -> StateLock {
        try await StateLock.wait(
            for: "muster.send.\(destination).lock", in: stateDirectory, seconds: Self.longestSending)
    }

    /// A round of somebody else is waited for so long, in seconds.
    private static let longestSending = 60

    /// Puts reminders and digests that have come due into the outbox, then sends all that is due to every destination,
    /// at the rate that each allows.
    ///
    /// - Throws: `StoreError` of the kind `busy` while the daemon sends to one of them.
    func send() async throws -> DeliveryReport {
        _ = try await takeAnswers()
        try settlePlaces(at: now())
        _ = try remindPeople(at: now())
        try digest()
        let mail = try deliverer(for: OutboxMessage.mail)
        var total = try await drain(OutboxMessage.mail, mail, isAskedFor: true)
        guard !configuration.webhooks.isEmpty else { return total }
        for webhook in configuration.webhooks {
            total.add(try await drain(webhook.id, try deliverer(for: webhook.id), isAskedFor: true))
        }
        // Webhooks that were given up have mails for their owners in the outbox by now.
        total.add(try await drain(OutboxMessage.mail, mail, isAskedFor: false))
        return total
    }

    /// Sends all that is due to one destination, at the rate that it allows.
    private func drain(_ destination: String, _ deliverer: Deliverer, isAskedFor: Bool) async throws -> DeliveryReport {
        let lock = try await sendingLock(waitingFor: destination)
        defer { withExtendedLifetime(lock) {} }
        var report = try await deliverer.runOnce(isAskedFor: isAskedFor)
        while report.stopped == nil, let next = try deliverer.nextRateLimit(), !Task.isCancelled {
            let before = now()
            try await Task.sleep(for: .seconds(max(1, next - before)))
            // A clock that stands still, as one given by hand, would never let the rate go on.
            guard now() > before else { break }
            report.add(try await deliverer.runOnce())
        }
        return report
    }

    /// The deliverer for a destination; keep it, since it keeps connections and tokens.
    ///
    /// - Throws: `Failure` where a secret cannot be read.
    public func deliverer(for destination: String) throws -> Deliverer {
        let notifier = DeliveryNotifier(webhooks: try webhookComposer, notices: try ownerNoticeComposer)
        return Deliverer(store: store, courier: try courier(for: destination), observer: notifier, now: now)
    }

    /// The way to a destination.
    func courier(for destination: String) throws -> any DeliveryChannel {
        guard destination != OutboxMessage.mail else {
            return MailChannel(try mailTransport(), policy: mailPolicy, returnPath: returnPath)
        }
        let webhook = try webhook(destination)
        var endpoint = endpoint(webhook)
        if case .secret(let secret) = webhook.url { endpoint.url = try Secrets.read(secret) }
        endpoint.secrets = try webhook.secrets.map { secret in
            guard let secret = WebhookSecret(try Secrets.read(secret)) else {
                throw Failure(
                    "a secret of the webhook \(webhook.id) cannot be used; it should be whsec_ and the base64 of 24 to 64 bytes",
                    exitCode: 78)
            }
            return secret
        }
        return WebhookChannel(endpoint: endpoint, transport: CurlHTTPTransport())
    }

    /// The webhook with that id.
    func webhook(_ id: String) throws -> Configuration.Webhook {
        guard let webhook = configuration.webhooks.first(where: { $0.id == id }) else {
            let known = configuration.webhooks.map(\.id)
            let hint = known.isEmpty ? "; muster.yaml names none" : "; there are \(Wording.list(known))"
            throw Failure("There is no webhook \"\(id)\"\(hint).", exitCode: 65)
        }
        return webhook
    }

    /// An endpoint as far as it can be known without its secrets.
    func endpoint(_ webhook: Configuration.Webhook) -> WebhookEndpoint {
        var url = ""
        if case .plain(let text) = webhook.url { url = text }
        return WebhookEndpoint(
            id: webhook.id, url: url, format: webhook.format, events: webhook.events,
            owner: webhook.owner ?? configuration.organiser.address,
            allowsPrivateNetwork: webhook.allowsPrivateNetwork,
            policy: .webhook(perMinute: webhook.perMinute), authorities: webhook.authorities)
    }

    /// Where mails come back to; nil for the organiser's address.
    var returnPath: ReturnPath? { configuration.returnPath.flatMap(ReturnPath.init) }

    private var mailPolicy: DeliveryPolicy {
        guard case .smtp(let smtp) = configuration.mail else { return .mail() }
        return .mail(connections: smtp.connections, perMinute: smtp.perMinute)
    }

    /// The way on which mails leave.
    private func mailTransport() throws -> any MailTransport {
        switch configuration.mail {
        case .maildir(let directory): return MaildirTransport(directory: Self.path(directory, from: stateDirectory))
        case .smtp(let smtp):
            return CurlMailTransport(
                CurlMailTransport.Configuration(
                    host: smtp.host, port: smtp.port,
                    security: CurlMailTransport.Security(rawValue: smtp.security) ?? .starttls,
                    login: try smtp.user.flatMap { user in
                        try smtp.proof.map { try login(user: user, $0, authorities: smtp.authorities) }
                    }, authorities: smtp.authorities, timeout: smtp.timeout,
                    greeting: smtp.greeting ?? fullHostName))
        }
    }

    /// The full name of this machine, as mail servers want to be greeted by; where it has none, the organiser's domain.
    private var fullHostName: String? {
        let name = ProcessInfo.processInfo.hostName
        return name.contains(".") && !name.hasPrefix("localhost") ? name : (try? organiser)?.domain
    }

    /// Who muster is to a mail server.
    func login(
        user: String, _ proof: Configuration.SMTP.Proof, authorities: String?
    ) throws -> CurlMailTransport.Login {
        let grant: any TokenRequest
        switch proof {
        case .password(let secret): return .password(user: user, password: try Secrets.read(secret))
        case .microsoft365(let tenant, let client, let secret, let url):
            grant = ClientCredentials.microsoft365(
                tenant: tenant, client: client, secret: try Secrets.read(secret), url: url)
        case .google(let key): grant = try ServiceAccount(keyFile: try Secrets.read(key), user: user)
        }
        return .token(
            user: user,
            source: CachingTokenSource(grant, transport: CurlHTTPTransport(), authorities: authorities, now: now))
    }

    /// Why nobody gets a mail, as a sentence; nil where mails leave this machine.
    public var deadEnd: String? {
        guard case .maildir = configuration.mail else { return nil }
        return "mails go into the folder \(mailDestination) and to nobody; mail: transport: smtp sends them"
    }

    /// Where mails go, for people to read.
    public var mailDestination: String {
        switch configuration.mail {
        case .maildir(let directory): Self.path(directory, from: stateDirectory) + "/new"
        case .smtp(let smtp): "\(smtp.host):\(smtp.port)"
        }
    }
}
