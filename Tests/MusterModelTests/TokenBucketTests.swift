import CivilTime
import MusterModel
import Testing

@Suite struct `A rate` {
    private let rate = TokenBucket.Rate(capacity: 3, perMinute: 12)
    private let now = Instant(seconds: 1_800_000_000)

    @Test func `is so many at once, and then one in so many seconds`() {
        var bucket = TokenBucket()
        #expect((0..<4).map { _ in bucket.take(rate, at: now) } == [nil, nil, nil, 5])
        #expect(bucket.take(rate, at: now + 4) == 1)
        #expect(bucket.take(rate, at: now + 5) == nil)
        #expect(bucket.take(rate, at: now + 5) == 5)
        #expect(
            (0..<4).map { _ in bucket.take(rate, at: now + 86_400) } == [nil, nil, nil, 5], "never more than at once")
    }

    @Test func `is kept by a clock that was put back`() {
        var bucket = TokenBucket()
        for _ in 0..<3 { _ = bucket.take(rate, at: now) }
        #expect(bucket.take(rate, at: now - 3600) == 5)
        #expect(bucket.take(rate, at: now - 3595) == nil)
    }

    @Test func `takes back what was not used`() {
        var bucket = TokenBucket()
        bucket.fill(rate, at: now)
        bucket.take(3)
        #expect(bucket.secondsToOne(rate) == 5)
        bucket.take(-1)
        #expect(bucket.secondsToOne(rate) == 0)
        let isFull = bucket.isFull(rate, at: now + 10)
        #expect(isFull)
    }
}
