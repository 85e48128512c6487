import CivilTime

/// Time that is taken, whatever takes it.
public enum BusyTime {
    /// The intervals put together where they overlap or touch, cut to a window, in order.
    public static func merged(_ intervals: [Range<Instant>], in window: Range<Instant>) -> [Range<Instant>] {
        var result: [Range<Instant>] = []
        for interval in intervals.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let part = interval.clamped(to: window)
            guard !part.isEmpty else { continue }
            if let last = result.last, part.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                result.append(part)
            }
        }
        return result
    }
}

extension CalendarExpander.Result {
    /// The times that the calendar takes or may take: events that are not `TRANSPARENT` or cancelled, and periods of
    /// `VFREEBUSY` that are not `FREE` (RFC 5545 §3.2.9, §3.8.2.7, RFC 4791 §7.10).
    public var busyTimes: [Range<Instant>] {
        occurrences.filter { $0.claim > .free }.map { $0.claimStart..<$0.claimEnd }
            + busyPeriods.map { $0.start..<$0.end }
    }
}
