import CivilTime
import MusterModel
import Synchronization

/// How often feeds may be asked for: each by itself, and all addresses together that are none.
///
/// Those who guess share one bucket, whoever they are: they cost next to nothing, and no reader of a feed waits for
/// them.
final class FeedLimiter: Sendable {
    /// A school's feed may stand in many calendars, each of which asks every few minutes at most.
    static let each = TokenBucket.Rate(capacity: 30, perMinute: 12)
    /// Programs go on for long to ask for what was revoked.
    static let unknown = TokenBucket.Rate(capacity: 60, perMinute: 60)
    /// With more buckets than this, those that are full again are let go.
    private static let tidyAbove = 1000

    private struct State {
        var feeds: [Int: TokenBucket] = [:]
        var unknown = TokenBucket()
    }

    private let state = Mutex(State())

    /// Feeds that were asked for of late.
    var count: Int { state.withLock { $0.feeds.count } }

    /// Counts a request for a feed; returns nil, or the seconds after which one may come again.
    func wait(for feed: Int, at now: Instant) -> Int? {
        state.withLock { state in
            if state.feeds.count > Self.tidyAbove {
                state.feeds = state.feeds.filter { entry in
                    var bucket = entry.value
                    return !bucket.isFull(Self.each, at: now)
                }
            }
            return state.feeds[feed, default: TokenBucket()].take(Self.each, at: now)
        }
    }

    /// Counts a request for no feed; returns nil, or the seconds after which one may come again.
    func waitForUnknown(at now: Instant) -> Int? {
        state.withLock { $0.unknown.take(Self.unknown, at: now) }
    }
}
