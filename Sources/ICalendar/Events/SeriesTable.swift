/// The events of a calendar by `UID`: series and the instances that override them.
struct SeriesTable {
    struct Group {
        var masters: [Event] = []
        var overrides: [Event] = []
    }

    private(set) var groups: [Group] = []
    private var indices: [String: Int] = [:]

    init(capacity: Int) {
        groups.reserveCapacity(capacity)
        indices.reserveCapacity(capacity)
    }

    /// Adds an event; of two versions of one the newer stays.
    ///
    /// Where neither is newer, both stay: nothing says that one of them is to be forgotten.
    mutating func add(_ event: Event) {
        let index = indices[event.uid] ?? groups.count
        if index == groups.count {
            groups.append(Group())
            if !event.uid.isEmpty { indices[event.uid] = index }
        }
        if event.recurrenceID != nil {
            Self.add(event, to: &groups[index].overrides) { $0.recurrenceInstant == event.recurrenceInstant }
        } else {
            Self.add(event, to: &groups[index].masters) { _ in true }
        }
    }

    private static func add(_ event: Event, to events: inout [Event], isVersion: (Event) -> Bool) {
        guard let known = events.firstIndex(where: isVersion) else { return events.append(event) }
        if event.revision > events[known].revision {
            events.removeAll(where: isVersion)
            events.append(event)
        } else if event.revision == events[known].revision, !event.isSameTime(as: events[known]) {
            events.append(event)
        }
    }
}

extension Event {
    fileprivate func isSameTime(as other: Event) -> Bool {
        start == other.start && end(of: start) == other.end(of: other.start) && rules == other.rules
    }
}
