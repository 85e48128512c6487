import CivilTime

/// A stretch of a day, in minutes after midnight, the end not included.
public typealias TimeWindow = Range<TimeOfDay>

/// The hours that someone works each week: part-time days are those that are missing.
public struct WorkingPattern: Hashable, Sendable {
    /// The hours of each day; none for a day off.
    public var hours: [Weekday: [TimeWindow]]

    /// A pattern from the hours of each day.
    public init(hours: [Weekday: [TimeWindow]]) {
        self.hours = hours
    }

    /// Monday to Friday, 8:00 to 17:00.
    public static let standard = WorkingPattern(
        hours: Dictionary(
            uniqueKeysWithValues: [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map {
                ($0, [TimeOfDay(minutes: 480)..<TimeOfDay(minutes: 1020)])
            }))
}

/// Something that comes back every week, or every second week.
public struct WeeklyCommitment: Hashable, Sendable {
    /// How firmly it holds the person.
    public enum Kind: String, Sendable {
        /// A lesson that can be covered if it must be: bookable at a cost.
        case lesson
        /// PPA and the like: never booked.
        case protected
    }

    /// The day.
    public var weekday: Weekday
    /// The hours.
    public var window: TimeWindow
    /// `A` or `B`; nil for every week.
    public var week: String?
    /// How firmly it holds the person.
    public var kind: Kind

    /// A commitment of each week.
    public init(weekday: Weekday, window: TimeWindow, week: String? = nil, kind: Kind) {
        self.weekday = weekday
        self.window = window
        self.week = week
        self.kind = kind
    }
}
