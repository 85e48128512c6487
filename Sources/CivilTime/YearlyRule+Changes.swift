extension YearlyRule {
    /// One of the two changes of a year, as a calendar writes it down.
    public struct YearlyChange: Sendable {
        /// The month, 1 to 12.
        public let month: Int
        /// The weekday in that month as RFC 5545 writes it: `-1SU`, `2SU`.
        public let byDay: String
        /// Seconds east of UTC before the change.
        public let offsetBefore: Int
        /// Seconds east of UTC after the change.
        public let offset: Int
        /// Whether daylight saving time begins.
        public let isDaylight: Bool
        /// `GMT`, `BST`.
        public let abbreviation: String

        let change: Change

        /// The wall time of the change in a year.
        public func local(year: Int) -> LocalDateTime { change.local(year: year) }
    }

    /// Both changes as month and weekday, daylight saving first; nil where there are none or where they cannot be said
    /// so (a fixed day of the year, or a time beyond the day).
    public func yearlyChanges() -> [YearlyChange]? {
        guard let changes,
            let start = yearlyChange(
                changes.start, from: standardOffset, to: daylightOffset, isDaylight: true, daylightName),
            let end = yearlyChange(
                changes.end, from: daylightOffset, to: standardOffset, isDaylight: false, standardName)
        else { return nil }
        return [start, end]
    }

    private func yearlyChange(
        _ change: Change, from before: Int, to after: Int, isDaylight: Bool, _ name: String
    ) -> YearlyChange? {
        guard case .weekday(let month, let week, let weekday) = change.day, (0..<86_400).contains(change.time) else {
            return nil
        }
        let ordinal = week == 5 ? -1 : week
        let day = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"][weekday]
        return YearlyChange(
            month: month, byDay: "\(ordinal)\(day)", offsetBefore: before, offset: after, isDaylight: isDaylight,
            abbreviation: name, change: change)
    }
}
