import CivilTime
import Synchronization

/// A clock that goes when it is told to.
public final class Clock: Sendable {
    private let time: Mutex<Instant>

    /// A clock that shows a moment.
    public init(_ time: Instant) {
        self.time = Mutex(time)
    }

    /// What it shows.
    public var now: Instant { time.withLock { $0 } }

    /// Lets time go by, or back.
    public func later(_ seconds: Int) { time.withLock { $0 = $0 + seconds } }
}
