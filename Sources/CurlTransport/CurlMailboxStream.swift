import CCurl
import Glibc
import Transport

/// A connection to an IMAP server on which somebody is signed in: libcurl connects, secures and signs in, and then only
/// carries bytes, since it loses what does not fit into its own idea of IMAP.
///
/// `@unchecked Sendable`: the handle is touched on the connection's own thread alone.
public final class CurlMailboxStream: ByteStream, @unchecked Sendable {
    /// Where to connect to, and as whom.
    public struct Configuration: Sendable {
        /// The server.
        public var host: String
        /// Its port.
        public var port: Int
        /// How the connection is kept private.
        public var security: CurlMailTransport.Security
        /// Who muster is to the server.
        public var login: CurlMailTransport.Login
        /// A file of certificates to trust instead of the system's.
        public var authorities: String?

        /// A configuration; every field as described there.
        public init(
            host: String, port: Int, security: CurlMailTransport.Security, login: CurlMailTransport.Login,
            authorities: String? = nil
        ) {
            self.host = host
            self.port = port
            self.security = security
            self.login = login
            self.authorities = authorities
        }
    }

    private static let connectSeconds = 30
    private static let chunk = 1 << 16
    /// So long the thread waits before it looks whether somebody still wants to know, in milliseconds.
    private static let slice: Int32 = 200

    private let thread = ConnectionThread.take()
    private let transfer = CurlTransfer(maximumBytes: 1 << 16)
    private let multi = CurlMulti(connections: 1)
    private var isConnected = false

    private init() {}

    deinit {
        if isConnected { multi.remove(transfer) }
        ConnectionThread.release(thread)
    }

    /// Connects and signs in.
    ///
    /// - Throws: `TransportError` of the kind `authentication` where the server refuses the login.
    public static func open(_ configuration: Configuration) async throws(TransportError) -> CurlMailboxStream {
        var token: String?
        if case .token(_, let source) = configuration.login { token = try await source.token() }
        let stream = CurlMailboxStream()
        stream.prepare(configuration, token)
        let code = await withTaskCancellationHandler {
            await withTaskExecutorPreference(stream.thread) { await stream.connect() }
        } onCancel: {
            stream.transfer.cancel()
            stream.multi.wakeUp()
        }
        guard code == CURLE_OK else {
            let error = CurlFailure.error(code, stream.transfer, status: nil)
            if error.kind == .authentication, let token, case .token(_, let source) = configuration.login {
                await source.discard(token)
            }
            throw error
        }
        return stream
    }

    private func prepare(_ configuration: Configuration, _ token: String?) {
        let scheme = configuration.security == .tls ? "imaps" : "imap"
        transfer.watchCancellation()
        transfer.set(CURLOPT_URL, "\(scheme)://\(configuration.host):\(configuration.port)/")
        transfer.set(CURLOPT_PROTOCOLS_STR, "imap,imaps")
        transfer.set(CURLOPT_CONNECT_ONLY, 1)
        if configuration.security == .starttls { transfer.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        transfer.signIn(configuration.login, token)
        transfer.trust(configuration.authorities)
        transfer.goDirectly()
        transfer.set(CURLOPT_TIMEOUT, Self.connectSeconds)
        transfer.set(CURLOPT_CONNECTTIMEOUT, Self.connectSeconds / 2)
    }

    /// The handle stays in its multi as long as the connection is used.
    private func connect() async -> CURLcode {
        guard multi.add(transfer) else { return CURLE_FAILED_INIT }
        isConnected = true
        while !transfer.isCancelled {
            multi.perform()
            if let done = multi.nextDone() { return done.result }
            multi.wait()
        }
        return CURLE_ABORTED_BY_CALLBACK
    }

    /// Sends all of them.
    public func send(_ bytes: [UInt8]) async throws(TransportError) {
        let result = await withTaskExecutorPreference(thread) { await self.write(bytes) }
        try result.get()
    }

    private func write(_ bytes: [UInt8]) async -> Result<Void, TransportError> {
        var sent = 0
        let deadline = ContinuousClock.now + .seconds(Self.connectSeconds)
        while sent < bytes.count {
            guard !Task.isCancelled else { return .failure(CurlFailure.givenUp) }
            var count = 0
            let code = bytes[sent...].withUnsafeBytes {
                curl_easy_send(transfer.handle, $0.baseAddress, $0.count, &count)
            }
            sent += count
            if code == CURLE_AGAIN {
                guard ContinuousClock.now < deadline else {
                    return .failure(TransportError(.timeout, "the mail server takes nothing"))
                }
                wait(for: Int16(POLLOUT))
            } else if code != CURLE_OK {
                return .failure(CurlFailure.error(code, transfer, status: nil))
            }
        }
        return .success(())
    }

    /// The next bytes that come; none where nothing comes within so many seconds.
    public func receive(within seconds: Int) async throws(TransportError) -> [UInt8] {
        let result = await withTaskExecutorPreference(thread) { await self.read(within: seconds) }
        return try result.get()
    }

    private func read(within seconds: Int) async -> Result<[UInt8], TransportError> {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        while !Task.isCancelled {
            var count = 0
            let code = buffer.withUnsafeMutableBytes {
                curl_easy_recv(transfer.handle, $0.baseAddress, $0.count, &count)
            }
            switch code {
            case CURLE_OK where count > 0: return .success(Array(buffer[..<count]))
            case CURLE_OK: return .failure(TransportError(.broken, "the mail server closed the connection"))
            case CURLE_AGAIN:
                guard ContinuousClock.now < deadline else { return .success([]) }
                wait(for: Int16(POLLIN))
            default: return .failure(CurlFailure.error(code, transfer, status: nil))
            }
        }
        return .failure(CurlFailure.givenUp)
    }

    private func wait(for events: Int16) {
        var entry = pollfd(fd: ccurl_get_socket(transfer.handle), events: events, revents: 0)
        poll(&entry, 1, Self.slice)
    }

    /// Closes it: the connection is closed with the handle.
    public func close() async {
        await withTaskExecutorPreference(thread) { await self.disconnect() }
    }

    private func disconnect() async {
        guard isConnected else { return }
        isConnected = false
        multi.remove(transfer)
    }
}
