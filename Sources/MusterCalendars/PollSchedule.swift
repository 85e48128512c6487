import CivilTime
import MusterModel

/// When a calendar is read again: politely, so that servers do not tire of us.
public struct PollSchedule: Sendable {
    /// Seconds before the second attempt after a failure; doubled each time.
    private static let firstPause = 300
    private static let longestPause = 6 * 3600
    /// A calendar is read at least once a day, whatever it asks for.
    private static let longestInterval = 86_400

    private let interval: Int

    /// A schedule with so many seconds between two readings; 0 for every time.
    public init(interval: Int) {
        self.interval = interval
    }

    /// After a reading that succeeded; later where the calendar wishes for it.
    func afterSuccess(of source: CalendarSource, refreshHint: Int?, at now: Instant) -> Instant {
        guard interval > 0 else { return now }
        return now + spread(min(max(interval, refreshHint ?? 0), Self.longestInterval), source)
    }

    /// After so many failures one after the other; not before the server wants.
    func afterFailure(of source: CalendarSource, count: Int, retryAfter: Int?, at now: Instant) -> Instant {
        let pause = min(Self.firstPause << min(max(count - 1, 0), 10), Self.longestPause)
        return now + max(spread(pause, source), retryAfter ?? 0)
    }

    /// Until when a calendar is left aside whose reading has ended the program again and again; nil where it is read.
    ///
    /// Once may be an accident, or the fault of another that was read at the same time.
    public func leftAside(_ source: CalendarSource, after reading: UnfinishedReading) -> Instant? {
        guard reading.count > 1 else { return nil }
        return afterFailure(of: source, count: reading.count - 1, retryAfter: nil, at: reading.begun)
    }

    /// Up to a tenth less, by the address, so that calendars that were read together drift apart.
    private func spread(_ seconds: Int, _ source: CalendarSource) -> Int {
        let hash = source.location.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return seconds - seconds * Int(hash % 100) / 1000
    }
}
