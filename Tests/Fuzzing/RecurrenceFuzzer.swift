import CivilTime
import ICalendar

/// Feeds rules to the recurrence engine: seven bytes of start and window, and the rule as text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecurrence(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = UnsafeBufferPointer(start: data, count: count)
    guard count > 7, let rule = try? RecurrenceRule(String(decoding: bytes[7...], as: UTF8.self)) else { return 0 }
    let number = bytes[..<5].reduce(0) { $0 << 8 | Int($1) }
    let start = LocalDateTime(seconds: number % 253_000_000_000)
    let from = start + Int(bytes[5]) * 40 * 86_400
    let to = from + (Int(bytes[6]) + 1) * 3 * 86_400
    let budget = RecurrenceRule.Budget(occurrences: 2000, steps: 50_000)
    let all = rule.expand(from: start, until: nil, window: start..<to, budget: budget)
    let part = rule.expand(from: start, until: nil, window: from..<to, budget: budget)
    guard all.times.count <= 2000, all.steps <= 60_000 else { preconditionFailure("more than the budget") }
    guard zip(all.times, all.times.dropFirst()).allSatisfy({ $0 < $1 }) else { preconditionFailure("out of order") }
    if !all.isCut, !part.isCut, part.times != all.times.filter({ $0 >= from }) {
        preconditionFailure("a part of a window holds something else than the part of the whole")
    }
    return 0
}
