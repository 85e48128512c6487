import CivilTime
import MusterPlanner

/// The grid of slots over the seasons of a programme, and the way between it and real time.
public struct Slots: Sendable {
    /// Minutes of a slot.
    public static let minutes = 15
    /// Slots of a day.
    static let perDay = 1440 / minutes

    /// The midnight in UTC at which slot 0 begins.
    public let start: Instant
    /// Slots in all.
    public let horizon: Int
    /// The days of the grid.
    public let dates: ClosedRange<CivilDate>

    /// Days before and after the season that the grid holds too, to say what a little more time would help.
    public static let margin = 14

    /// A grid that holds these days in every zone, with a margin.
    public init(dates: ClosedRange<CivilDate>) {
        self.dates = dates.lowerBound - Self.margin...dates.upperBound + Self.margin
        start = Instant(utc: LocalDateTime(date: self.dates.lowerBound))
        horizon = (self.dates.upperBound - self.dates.lowerBound + 1) * 1440 / Self.minutes
    }

    /// When a slot begins.
    public func instant(_ slot: Int) -> Instant { start + slot * Self.minutes * 60 }

    /// The slot that begins at a moment or holds it.
    public func slot(_ instant: Instant) -> Int { floorDivide(instant - start, Self.minutes * 60) }

    /// The first slot that begins at a moment or later.
    func slot(after instant: Instant) -> Int { floorDivide(instant - start + Self.minutes * 60 - 1, Self.minutes * 60) }

    /// The whole slots inside a stretch of time; empty where there is none.
    func inside(_ from: Instant, _ to: Instant) -> SlotRange {
        let first = max(0, slot(after: from))
        return SlotRange(first, max(first, min(horizon, slot(to))))
    }

    /// All slots that a stretch of time touches.
    func touched(_ from: Instant, _ to: Instant) -> SlotRange {
        let first = min(max(0, slot(from)), horizon)
        return SlotRange(first, max(first, min(horizon, slot(after: to))))
    }

    /// The planner's number of a local day.
    func day(_ date: CivilDate) -> Int { date - dates.lowerBound }

    /// The zone's distance from UTC at the beginning of the grid, in slots.
    func offset(_ zone: TimeZoneRules) -> Int { floorDivide(zone.offset(at: start), Self.minutes * 60) }

    /// The slots of a window of one day on the clocks of a zone.
    public func window(_ date: CivilDate, _ window: Range<TimeOfDay>, in zone: TimeZoneRules) -> SlotRange {
        inside(
            zone.instant(LocalDateTime(date: date, time: window.lowerBound)),
            zone.instant(LocalDateTime(date: date, time: window.upperBound)))
    }
}

/// Sets of slots as sorted intervals that do not touch.
public enum SlotSets {
    /// What lies in any of the intervals.
    public static func union(_ ranges: [SlotRange]) -> [SlotRange] {
        // Most are in order already, and this is done for everybody's times.
        let isUnion =
            ranges.allSatisfy { $0.from < $0.to } && zip(ranges, ranges.dropFirst()).allSatisfy { $0.to < $1.from }
        if isUnion { return ranges }
        var result: [SlotRange] = []
        result.reserveCapacity(ranges.count)
        for range in ranges.sorted(by: { $0.from < $1.from }) where range.from < range.to {
            if let last = result.last, range.from <= last.to {
                result[result.count - 1].to = max(last.to, range.to)
            } else {
                result.append(range)
            }
        }
        return result
    }

    /// What lies in some intervals and in none of others.
    public static func subtract(_ removed: [SlotRange], from ranges: [SlotRange]) -> [SlotRange] {
        let holes = union(removed)
        let between = zip([Int.min] + holes.map(\.to), holes.map(\.from) + [Int.max]).map { SlotRange($0, $1) }
        return intersect(ranges, between)
    }

    /// Weighted intervals as sorted, disjoint ones: where several lie over one another, their weights add up.
    static func sum(_ ranges: [WeightedRange]) -> [WeightedRange] {
        var changes: [Int: Int] = [:]
        for range in ranges where range.from < range.to {
            changes[range.from, default: 0] += range.weight
            changes[range.to, default: 0] -= range.weight
        }
        var result: [WeightedRange] = []
        var weight = 0
        var last = 0
        for (slot, change) in changes.sorted(by: { $0.key < $1.key }) where change != 0 {
            if weight > 0 { result.append(WeightedRange(last, slot, weight: weight)) }
            weight += change
            last = slot
        }
        return result
    }

    static func intersect(_ left: [SlotRange], _ right: [SlotRange]) -> [SlotRange] {
        var result: [SlotRange] = []
        var (first, second) = (0, 0)
        let (left, right) = (union(left), union(right))
        result.reserveCapacity(max(left.count, right.count))
        while first < left.count, second < right.count {
            let from = max(left[first].from, right[second].from)
            let to = min(left[first].to, right[second].to)
            if from < to { result.append(SlotRange(from, to)) }
            if left[first].to < right[second].to { first += 1 } else { second += 1 }
        }
        return result
    }
}

extension [SlotRange] {
    /// Whether one of them, which are sorted and do not touch, holds so many slots from a start on.
    func covers(_ start: Int, _ slots: Int) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].from > start { high = middle } else { low = middle + 1 }
        }
        return low > 0 && start + slots <= self[low - 1].to
    }
}
