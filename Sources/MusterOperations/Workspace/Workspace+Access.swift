import MusterConfiguration
import MusterStore

/// The right to change plan, decisions and outbox: whatever changes them asks for it.
struct WriteAccess: Sendable {
    let store: Store
    private let lock: StateLock

    fileprivate init(store: Store, lock: StateLock) {
        self.store = store
        self.lock = lock
    }
}

extension Workspace {
    /// A certificate of a server and its key, as PEM.
    ///
    /// - Throws: `Failure` where one cannot be read.
    public func read(_ certificate: Configuration.Certificate) throws -> (chain: String, key: String) {
        (try Secrets.read(certificate.chain), try Secrets.read(certificate.key))
    }

    /// Others that change the state are waited for so long, in seconds.
    private static let patience = 30

    /// Does something that changes the state, as the only one that does.
    ///
    /// - Throws: `StoreError` of the kind `busy` where another program does not let go of it.
    func withWriteAccess<Result>(_ body: (WriteAccess) async throws -> Result) async throws -> Result {
        let lock = try await StateLock.wait(for: "muster.lock", in: stateDirectory, seconds: Self.patience)
        let access = WriteAccess(store: store, lock: lock)
        defer { withExtendedLifetime(lock) {} }
        return try await body(access)
    }
}

extension StateLock {
    /// Takes a lock as soon as whoever has it lets go.
    ///
    /// - Throws: `StoreError` of the kind `busy` where that takes longer than so many seconds.
    public static func wait(for name: String, in directory: String, seconds: Int) async throws -> StateLock {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if let lock = try take(name, in: directory) { return lock }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try StateLock(directory: directory, name: name)
    }

    /// The lock; nil while another program, or another task of this one, has it.
    static func take(_ name: String, in directory: String) throws -> StateLock? {
        let attempt = Result { try StateLock(directory: directory, name: name) }
        if case .failure(let error as StoreError) = attempt, error.kind == .busy { return nil }
        return try attempt.get()
    }
}
