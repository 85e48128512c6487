import CivilTime
import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `Packed busy times` {
    private static func intervals(_ random: inout SeededGenerator) -> [BusyInterval] {
        (0..<Int.random(in: 0...40, using: &random)).map { _ in
            // From any time that a calendar may name, in any order.
            let start = Int.random(in: -62_135_596_800...253_402_300_799, using: &random)
            let length = [0, 1, 900, 3600, Int.random(in: -10...400_000_000, using: &random)].randomElement(
                using: &random)
            return BusyInterval(
                start: Instant(seconds: start), end: Instant(seconds: start + (length ?? 0)),
                isTentative: Bool.random(using: &random))
        }
    }

    @Test func `say what was packed, whatever it was`() throws {
        var random = SeededGenerator(seed: 71)
        for _ in 0..<2000 {
            let busy = Self.intervals(&random)
            #expect(try [BusyInterval](packed: busy.packed) == busy)
        }
        let ends = [BusyInterval(start: Instant(seconds: .min), end: Instant(seconds: .min))]
        #expect(try [BusyInterval](packed: ends.packed) == ends)
    }

    @Test func `take a fifth of the bytes that they take as numbers to read`() {
        let monday = Instant(seconds: 1_799_053_200)
        let lessons = (0..<200).map { number in
            BusyInterval(start: monday + number * 10_800, end: monday + number * 10_800 + 3600)
        }
        let text = lessons.map { "[\($0.start.seconds),\($0.end.seconds),0]," }.joined()
        #expect(lessons.packed.count * 5 <= text.utf8.count)
    }

    @Test func `are an error where they are damaged, or are times`() {
        var random = SeededGenerator(seed: 72)
        var refused = 0
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: Bool.random(using: &random) ? 0...255 : 128...255, using: &random)
            }
            do {
                let busy = try [BusyInterval](packed: Data(bytes))
                #expect(busy.count <= bytes.count / 2)
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}
