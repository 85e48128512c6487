import XML

/// What became of the events of a calendar.
public struct CollectionChanges: Sendable {
    /// Whether `objects` is everything there is; else it is what changed or came, and `removed` what went.
    public var isEverything: Bool
    /// Events that are there.
    public var objects: [CalendarObject]
    /// The paths of events that are not there any more.
    public var removed: [String]
    /// What the server calls this state; nil where it cannot be asked for changes.
    public var version: String?
    /// What was odd about the answers: sentence parts that follow the calendar's name.
    public var remarks: [String] = []

    /// Changes; every field as described there.
    public init(
        isEverything: Bool, objects: [CalendarObject] = [], removed: [String] = [], version: String? = nil
    ) {
        self.isEverything = isEverything
        self.objects = objects
        self.removed = removed
        self.version = version
    }

    /// That nothing changed since a version.
    init(since version: String) {
        self.init(isEverything: false, version: version)
    }
}

/// A resource of a calendar: one event with its exceptions, as an iCalendar stream.
public struct CalendarObject: Sendable {
    /// Its path on the server, which names it as long as it is there.
    public let path: String
    /// The stream.
    public let data: [UInt8]

    /// A resource.
    public init(path: String, data: [UInt8]) {
        self.path = path
        self.data = data
    }

    /// Nil where the answer brings no data.
    init?(_ resource: Resource) {
        guard let text = resource[.calendarData]?.text, !text.isEmpty else { return nil }
        self.init(path: resource.path, data: Array(text.utf8))
    }
}
