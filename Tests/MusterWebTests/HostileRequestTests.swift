import CivilTime
import MusterTestSupport
import Testing

@testable import MusterWeb

@Suite struct `A request that a stranger wrote` {
    @Test func `has dates and tags that are read or are not there`() {
        let changed = Instant(seconds: 1_795_000_000)
        let validators = Validators(entityTag: "\"abc\"", changed: changed)
        let seeds = ["Sun, 06 Nov 1994 08:49:37 GMT", "Wed, 18 Nov 2026 11:06:40 GMT", "\"abc\", W/\"x\"", "*"]
        var known = 0
        for bytes in Mutations(of: seeds, count: 20_000, seed: 7) {
            let text = String(decoding: bytes, as: UTF8.self)
            if let date = HTTPDate.read(text) { #expect((1970...9999).contains(date.utc.date.year)) }
            if validators.areKnown(ifNoneMatch: [], ifModifiedSince: text) { known += 1 }
            _ = validators.areKnown(ifNoneMatch: [text, text], ifModifiedSince: nil)
        }
        #expect(known > 0 && known < 15_000)
    }
}
