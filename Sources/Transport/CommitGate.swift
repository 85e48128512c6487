import Foundation

/// Leave to say the last word of a message, which is given or refused once.
public final class CommitGate: Sendable {
    private let condition = NSCondition()
    /// Nil while nothing is decided.
    ///
    /// Unsafe only to the compiler: nobody looks at it without the condition's lock.
    nonisolated(unsafe) private var isGiven: Bool?

    /// Leave that is yet to be given.
    public init() {}

    /// Leave that is given already.
    public static var given: CommitGate {
        let gate = CommitGate()
        gate.decide(true)
        return gate
    }

    /// Gives or refuses it to all who wait.
    public func decide(_ isGiven: Bool) {
        condition.withLock { self.isGiven = isGiven }
        condition.broadcast()
    }

    /// Waits until it is given or refused; blocks the thread, so it is for those who have one of their own.
    public func wait() -> Bool {
        condition.withLock {
            while true {
                if let isGiven { return isGiven }
                condition.wait()
            }
        }
    }
}
