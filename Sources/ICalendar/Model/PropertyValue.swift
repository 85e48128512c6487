import CivilTime
import Foundation

/// A value as its type reads it (RFC 5545 §3.3).
public enum PropertyValue: Hashable, Sendable {
    case binary([UInt8])
    case boolean(Bool)
    /// The address as it stands, `mailto:` and all.
    case calendarAddress(String)
    /// A DATE or DATE-TIME.
    case time(CalendarTime)
    case duration(CalendarDuration)
    case float(Double)
    case integer(Int)
    case period(CalendarPeriod)
    case recurrence(RecurrenceRule)
    /// Escapes undone.
    case text(String)
    /// A TIME: a wall time of any day.
    case timeOfDay(secondOfDay: Int, isUTC: Bool)
    case uri(String)
    case utcOffset(UTCOffset)
}

/// A PERIOD value (RFC 5545 §3.3.9).
public struct CalendarPeriod: Hashable, Sendable {
    /// How a period says where it ends.
    public enum End: Hashable, Sendable {
        case time(CalendarTime)
        case duration(CalendarDuration)
    }

    /// When it begins.
    public var start: CalendarTime
    /// When it ends, or how long it is.
    public var end: End

    /// Reads `19970101T180000Z/19970102T070000Z` or `19970101T180000Z/PT5H30M`; anything else is nil.
    public init?(_ text: some StringProtocol, zone: String? = nil) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = CalendarTime(String(parts[0]).trimmed, zone: zone), !start.isDate else {
            return nil
        }
        self.start = start
        let last = String(parts[1]).trimmed
        if let time = CalendarTime(last, zone: zone), !time.isDate {
            end = .time(time)
        } else if let duration = CalendarDuration(last), duration.days >= 0, duration.seconds >= 0 {
            end = .duration(duration)
        } else {
            return nil
        }
    }
}

extension Property {
    /// The values as their type reads them, one unless the property is a list; nil where one of them is no such value
    /// or where the type is unknown.
    public var values: [PropertyValue]? {
        guard let valueType else { return nil }
        if valueType == .text {
            let parts = isList ? Text.list(value) : [value]
            return parts.map { .text(Text.unescaped($0)) }
        }
        let parts = isList ? value.split(separator: ",").map(String.init) : [value]
        let values = parts.compactMap { read($0, as: valueType) }
        return values.count == parts.count ? values : nil
    }

    /// Whether `values` reads every value, found without keeping them: there may be very many.
    var hasReadableValues: Bool {
        guard let valueType else { return false }
        guard valueType != .text else { return true }
        return isList ? value.listed.allSatisfy { read($0, as: valueType) != nil } : read(value, as: valueType) != nil
    }

    private func read(_ text: String, as type: ValueType) -> PropertyValue? {
        let value = text.trimmed
        switch type {
        case .binary: return Data(base64Encoded: value).map { .binary(Array($0)) }
        case .boolean: return ["TRUE": .boolean(true), "FALSE": .boolean(false)][value.uppercased()]
        case .calendarAddress: return value.contains(":") ? .calendarAddress(value) : nil
        case .date, .dateTime:
            let time = CalendarTime(value, zone: parameter("TZID"))
            return time.flatMap { $0.isDate == (type == .date) ? .time($0) : nil }
        case .duration: return CalendarDuration(value).map { .duration($0) }
        case .float: return Double(value).map { .float($0) }
        case .integer: return Int(value, in: Bounds.integer).map { .integer($0) }
        case .period: return CalendarPeriod(value, zone: parameter("TZID")).map { .period($0) }
        case .recurrence: return (try? RecurrenceRule(value)).map { .recurrence($0) }
        case .text: return .text(Text.unescaped(text))
        case .time:
            let time = CalendarTime("19700101T" + value)
            return time.flatMap { $0.isDate ? nil : .timeOfDay(secondOfDay: $0.local.secondOfDay, isUTC: $0.isUTC) }
        case .uri: return value.contains(":") ? .uri(value) : nil
        case .utcOffset: return UTCOffset(value).map { .utcOffset($0) }
        }
    }
}

extension CalendarTime {
    fileprivate var isUTC: Bool {
        if case .utc = self { true } else { false }
    }
}
