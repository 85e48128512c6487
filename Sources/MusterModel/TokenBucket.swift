import CivilTime

/// So many at once, and after that so many a minute.
public struct TokenBucket: Hashable, Codable, Sendable {
    /// What a bucket holds, and how fast it fills.
    public struct Rate: Hashable, Sendable {
        /// So many at once.
        public let capacity: Double
        /// So many a minute.
        public let perMinute: Int

        /// A rate.
        public init(capacity: Double, perMinute: Int) {
            self.capacity = capacity
            self.perMinute = perMinute
        }
    }

    /// What it held when it was filled last; less than nothing where more was taken.
    public private(set) var level: Double
    /// When that was; nil for a bucket that nobody has used, which is full.
    public private(set) var filled: Instant?

    /// A full bucket, or one as it was kept.
    public init(level: Double = 0, filled: Instant? = nil) {
        self.level = level
        self.filled = filled
    }

    /// Counts what has come in by now.
    ///
    /// A clock that was put back fills nothing, and takes nothing away.
    public mutating func fill(_ rate: Rate, at now: Instant) {
        let minutes = filled.map { Double(max(0, now - $0)) / 60 } ?? .infinity
        level = min(rate.capacity, level + minutes * Double(rate.perMinute))
        filled = now
    }

    /// Takes so many out, or puts back what was not used, by a negative number.
    public mutating func take(_ count: Int) { level -= Double(count) }

    /// Takes one; returns nil, or after how many seconds there will be one.
    public mutating func take(_ rate: Rate, at now: Instant) -> Int? {
        fill(rate, at: now)
        guard level < 1 else {
            take(1)
            return nil
        }
        return secondsToOne(rate)
    }

    /// How many seconds after it was filled there is one to take.
    public func secondsToOne(_ rate: Rate) -> Int {
        level < 1 ? max(1, Int(((1 - level) * 60 / Double(rate.perMinute)).rounded(.up))) : 0
    }

    /// Whether it is as good as a new one.
    public mutating func isFull(_ rate: Rate, at now: Instant) -> Bool {
        fill(rate, at: now)
        return level >= rate.capacity
    }
}
