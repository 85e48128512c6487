import Synchronization

/// Values that are alike for many who ask for them: each is worked out once.
///
/// Many threads may ask. What two of them ask for at once, both work out, so that nobody waits.
public final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let known = Mutex<[Key: Value]>([:])

    /// No values yet.
    public init() {}

    /// The value of a key.
    ///
    /// - Parameter work: works it out; it finds the same for the same key.
    public func value(of key: Key, _ work: () -> Value) -> Value {
        if let value = known.withLock({ $0[key] }) { return value }
        let value = work()
        known.withLock { $0[key] = value }
        return value
    }
}
