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
        let index = index(of: event.uid)
        if index == groups.count { groups.append(Group()) }
        if let override = event.override {
            Self.add(event, to: &groups[index].overrides) { $0.override?.instant == override.instant }
        } else {
            Self.add(event, to: &groups[index].masters) { _ in true }
        }
    }

    /// The place of the group with a `UID`, which may be that of the next one; events without one have one each.
    private mutating func index(of uid: String) -> Int {
        guard !uid.isEmpty, let known = indices.updateValue(groups.count, forKey: uid) else { return groups.count }
        indices[uid] = known
        return known
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
        start.instant == other.start.instant && end(of: start.instant) == other.end(of: other.start.instant)
            && recurrence?.rules ?? [] == other.recurrence?.rules ?? []
    }
}
