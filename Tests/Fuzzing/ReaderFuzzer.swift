import CivilTime
import ICalendar

/// Feeds whatever the fuzzer thinks of to reader, writer, check and expansion, and holds them to their laws.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReader(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let result = try? CalendarReader().read(bytes) else { return 0 }
    for calendar in result.calendars {
        let written = Array(CalendarWriter.write(calendar).utf8)
        guard let again = try? CalendarReader().read(written) else { fail("what was written cannot be read") }
        guard again.calendars == [calendar] else { fail("what was written reads differently") }
    }
    _ = CalendarCheck.diagnostics(result, zone: .utc)
    let all = expand(bytes, days: 0..<900)
    let part = expand(bytes, days: 200..<500)
    guard all.isWhole, part.isWhole else { return 0 }
    guard part.found == all.found.filter({ $0.overlaps(window(200..<500)) }) else {
        fail("a part of a window holds something else than the part of the whole")
    }
    return 0
}

private func window(_ days: Range<Int>) -> Range<Instant> {
    Instant(seconds: (10_000 + days.lowerBound) * 86_400)..<Instant(seconds: (10_000 + days.upperBound) * 86_400)
}

private func expand(_ bytes: [UInt8], days: Range<Int>) -> (found: [Occurrence], isWhole: Bool) {
    let expander = CalendarExpander(
        window: window(days), floatingZone: .utc, budget: RecurrenceRule.Budget(occurrences: 2000, steps: 50_000))
    let results = (try? CalendarReader(scope: .times).read(bytes).calendars.map(expander.expand)) ?? []
    let isCut = results.contains { $0.diagnostics.contains { $0.message.contains("than can be followed") } }
    return (results.flatMap(\.occurrences).filter { $0.overlaps(window(days)) }, !isCut)
}

func fail(_ message: String) -> Never { preconditionFailure(message) }
