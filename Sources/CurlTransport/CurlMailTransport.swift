import CCurl
import Transport

/// Sends mails by SMTP with libcurl; the connection stays open from one mail to the next.
public struct CurlMailTransport: MailTransport {
    /// How the connection is kept private.
    public enum Security: String, Sendable, CaseIterable {
        /// TLS by `STARTTLS`, required.
        case starttls
        /// TLS from the first byte (port 465).
        case tls
        /// None: for a server on this machine or a trusted network.
        case none
    }

    /// Who muster is to a server.
    public enum Login: Sendable {
        /// A user with a password (AUTH PLAIN or LOGIN).
        case password(user: String, password: String)
        /// A user with a token that is fetched when it is needed (AUTH XOAUTH2).
        case token(user: String, source: any TokenSource)
    }

    /// Where and how to send.
    public struct Configuration: Sendable {
        /// The server.
        public var host: String
        /// Its port.
        public var port: Int
        /// How the connection is kept private.
        public var security: Security
        /// Who muster is to the server; nil for a server that does not ask.
        public var login: Login?
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?
        /// Seconds for one mail.
        public var timeout: Int
        /// The name by which muster greets the server (`EHLO`); nil for that of the machine.
        public var greeting: String?

        /// A configuration; every field as described there.
        public init(
            host: String, port: Int, security: Security, login: Login? = nil,
            authorities: String? = nil, timeout: Int = 60, greeting: String? = nil
        ) {
            self.host = host
            self.port = port
            self.security = security
            self.login = login
            self.authorities = authorities
            self.timeout = timeout
            self.greeting = greeting
        }
    }

    private let configuration: Configuration

    /// A transport to one server.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    /// A thread for each connection.
    public func executor(of connection: Int) -> (any TaskExecutor)? { ConnectionThread.number(connection) }

    /// Each connection has a thread that may wait.
    public var supportsPipelining: Bool { true }

    /// Sends one mail; the server has taken it when this returns.
    public func send(_ envelope: MailEnvelope, over connection: Int, once gate: CommitGate)
        async throws(TransportError)
    {
        guard
            ![envelope.sender, envelope.recipient].contains(where: { $0.unicodeScalars.contains { $0.value < 0x21 } })
        else {
            throw TransportError(.invalid, "the address has a space or a control character in it")
        }
        let token = try await token()
        let line = ConnectionThread.number(connection)
        var (code, transfer) = await run(envelope, token: token, gate: gate, on: line)
        if code != CURLE_OK, !transfer.isCancelled, wasOver(transfer, code) {
            // A server ends a connection after so many mails; that is no trouble, and another connection is none
            // either.
            (code, transfer) = await run(envelope, token: token, gate: gate, on: line, isFresh: true)
        }
        guard code != CURLE_OK else { return }
        guard !transfer.isCancelled else { throw CurlFailure.givenUp }
        guard !transfer.isHeldBack else {
            throw TransportError(
                .storage, "it was held back, since what came of the mail before could not be written")
        }
        let error = error(code, transfer)
        if error.kind == .authentication, let token, case .token(_, let source) = configuration.login {
            await source.discard(token)
        }
        throw error
    }

    private func run(
        _ envelope: MailEnvelope, token: String?, gate: CommitGate, on line: ConnectionThread, isFresh: Bool = false
    ) async -> (CURLcode, CurlTransfer) {
        let transfer = transfer(for: envelope, token, gate)
        if isFresh { transfer.set(CURLOPT_FRESH_CONNECT, 1) }
        return (await line.run(transfer), transfer)
    }

    /// Whether a connection that was used before was over, so that nothing of the mail can have been taken.
    private func wasOver(_ transfer: CurlTransfer, _ code: CURLcode) -> Bool {
        let isBroken = [CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING].contains(code)
        return transfer.isReused && !transfer.headLines.contains { $0.hasPrefix("354") }
            && (isBroken || refusal(transfer.headLines)?.status == 421)
    }

    private func token() async throws(TransportError) -> String? {
        guard case .token(_, let source) = configuration.login else { return nil }
        return try await source.token()
    }

    private func transfer(for envelope: MailEnvelope, _ token: String?, _ gate: CommitGate) -> CurlTransfer {
        let transfer = CurlTransfer(maximumBytes: 1 << 20)
        transfer.watchCancellation()
        let scheme = configuration.security == .tls ? "smtps" : "smtp"
        transfer.set(
            CURLOPT_URL, "\(scheme)://\(configuration.host):\(configuration.port)/\(configuration.greeting ?? "")")
        transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        if configuration.security == .starttls { transfer.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        transfer.signIn(configuration.login, token)
        transfer.trust(configuration.authorities)
        transfer.goDirectly()
        transfer.set(CURLOPT_TIMEOUT, configuration.timeout)
        transfer.set(CURLOPT_CONNECTTIMEOUT, min(configuration.timeout, 15))
        transfer.set(CURLOPT_MAIL_FROM, "<\(envelope.sender)>")
        transfer.set(CURLOPT_MAIL_RCPT, ["<\(envelope.recipient)>"])
        transfer.upload(envelope.message, once: gate)
        return transfer
    }

    /// What the server refused, in its own words.
    ///
    /// Only a refused recipient or refused contents are about the one mail; a server that refuses the connection, the
    /// login or the sender would refuse every other mail as well.
    private func error(_ code: CURLcode, _ transfer: CurlTransfer) -> TransportError {
        let isLoginOrTime = code == CURLE_LOGIN_DENIED || code == CURLE_OPERATION_TIMEDOUT
        guard let reply = refusal(transfer.headLines), !isLoginOrTime else {
            return CurlFailure.error(code, transfer, status: nil)
        }
        let message = transfer.message(code)
        let isTooLarge = message.hasPrefix("MAIL failed") && reply.status == 552
        let isAboutMail =
            ["RCPT failed", "DATA failed"].contains { message.hasPrefix($0) }
            || transfer.headLines.contains { $0.hasPrefix("354") } || isTooLarge
        guard isAboutMail else {
            return TransportError(
                reply.status >= 500 ? .authentication : .unreachable, status: reply.status,
                "the server does not let us send: \(reply.text)")
        }
        return reply.status >= 500
            ? TransportError(.refused, status: reply.status, "refused for good: \(reply.text)")
            : TransportError(.deferred, status: reply.status, "refused for now: \(reply.text)")
    }

    /// The last reply that says no, with all its lines (RFC 5321 §4.2.1); after it come only those to `QUIT`.
    private func refusal(_ lines: [String]) -> (status: Int, text: String)? {
        guard let last = lines.lastIndex(where: { (400...599).contains(Int($0.prefix(3)) ?? 0) }) else { return nil }
        let code = lines[last].prefix(3)
        let first = lines[..<last].lastIndex { !$0.hasPrefix(code + "-") }.map { $0 + 1 } ?? 0
        let texts = lines[first...last].prefix(Self.mostLines).map { line in
            line.dropFirst(4).filter { !$0.isNewline }
        }
        return Int(code).map { ($0, "\(code) \(texts.joined(separator: " "))") }
    }

    private static let mostLines = 20
}

extension CurlTransfer {
    /// Signs in to a mail server; nil for one that does not ask.
    func signIn(_ login: CurlMailTransport.Login?, _ token: String?) {
        switch login {
        case .password(let user, let password):
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, password)
        case .token(let user, _):
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_XOAUTH2_BEARER, token ?? "")
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2")
            set(CURLOPT_SASL_IR, 1)
        case nil: break
        }
    }
}
