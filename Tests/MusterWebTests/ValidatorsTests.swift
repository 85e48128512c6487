import CivilTime
import Testing

@testable import MusterWeb

@Suite struct `What a reader has` {
    private let validators = Validators(entityTag: "\"a\"", changed: Instant(seconds: 1_800_000_000))

    @Test(arguments: [
        (["\"a\""], true), (["W/\"a\""], true), (["*"], true), (["\"b\", W/\"a\" "], true), (["\"b\"", "\"a\""], true),
        (["\"b\""], false), (["a"], false), ([""], false), (["\"a\"b"], false), (["w/\"a\""], false),
    ])
    func `is known by its tag`(ifNoneMatch: [String], isKnown: Bool) {
        #expect(validators.areKnown(ifNoneMatch: ifNoneMatch, ifModifiedSince: nil) == isKnown)
    }

    @Test(arguments: [
        ("Fri, 15 Jan 2027 08:00:00 GMT", true), ("Fri, 15 Jan 2027 08:00:01 GMT", true),
        ("Fri, 15 Jan 2027 07:59:59 GMT", false), ("now", false), (nil, false),
        ("Sun, 06 Nov -9223372036854775808 08:49:37 GMT", false),
        ("Sun, 06 Nov 9223372036854775807 08:49:37 GMT", false),
        ("Sun, -9223372036854775808 Nov 2027 08:49:37 GMT", false), ("Sun, 06 Nov 2027 99999999:49:37 GMT", false),
    ])
    func `is known by its date where there is no tag`(ifModifiedSince: String?, isKnown: Bool) {
        #expect(validators.areKnown(ifNoneMatch: [], ifModifiedSince: ifModifiedSince) == isKnown)
        #expect(!validators.areKnown(ifNoneMatch: ["\"b\""], ifModifiedSince: ifModifiedSince))
    }
}
