/// What is kept of a calendar, or of one of its resources: never titles or people.
public struct CalendarContents: Hashable, Sendable {
    /// Events in it, recurring ones once.
    public var eventCount: Int
    /// The busy times in the window, ascending, none touching another of its kind.
    public var busy: [BusyInterval]
    /// Remarks of the reader, with line numbers.
    public var remarks: [String]

    /// Contents.
    public init(eventCount: Int, busy: [BusyInterval] = [], remarks: [String] = []) {
        self.eventCount = eventCount
        self.busy = busy
        self.remarks = remarks
    }
}
