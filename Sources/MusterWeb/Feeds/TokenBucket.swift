import CivilTime

/// So many at once, and after that so many a minute.
struct TokenBucket {
    /// What a bucket holds, and how fast it fills.
    struct Rate {
        let capacity: Int
        let perMinute: Int
    }

    private var level: Double
    private var filled: Instant

    /// A full bucket.
    init(_ rate: Rate, at now: Instant) {
        level = Double(rate.capacity)
        filled = now
    }

    /// Takes one; returns nil, or after how many seconds there will be one.
    mutating func take(_ rate: Rate, at now: Instant) -> Int? {
        fill(rate, at: now)
        guard level < 1 else {
            level -= 1
            return nil
        }
        return max(1, Int(((1 - level) * 60 / Double(rate.perMinute)).rounded(.up)))
    }

    /// Whether it is as good as a new one.
    mutating func isFull(_ rate: Rate, at now: Instant) -> Bool {
        fill(rate, at: now)
        return level >= Double(rate.capacity)
    }

    /// A clock that was put back fills nothing, and takes nothing away.
    private mutating func fill(_ rate: Rate, at now: Instant) {
        let minutes = Double(max(0, now - filled)) / 60
        level = min(Double(rate.capacity), level + minutes * Double(rate.perMinute))
        filled = now
    }
}
