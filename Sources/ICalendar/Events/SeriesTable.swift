import CivilTime

/// The events of a calendar by `UID`: series and the instances that override them.
struct SeriesTable {
    struct Group {
        /// The events that change no other: the newest version of one, or all of many.
        var masters: [Event] { isOfMany ? current + replaced : current }

        /// Whether there are more events than versions of one would be: some programs write the same `UID` for all.
        var isOfMany: Bool { !replaced.isEmpty && current.count + replaced.count > 2 }

        private var current: [Event] = []
        /// Those of which there is a newer version, if they are versions of one event.
        private var replaced: [Event] = []
        /// In the order in which they came; a version that is not the newest leaves its place empty.
        private var places: [Event?] = []
        /// The places of those of one instance.
        private var versions: [Instant: [Int]] = [:]

        /// The instances that override those of the masters.
        var overrides: some Sequence<Event> { places.lazy.compactMap(\.self) }

        fileprivate mutating func add(master event: Event) {
            guard let known = current.first else { return current.append(event) }
            switch event.place(beside: known) {
            case .instead:
                replaced += current.filter { !$0.isSameTime(as: event) }
                current = [event]
            case .beside: current.append(event)
            case .none: if !event.isSameTime(as: known) { replaced.append(event) }
            }
        }

        fileprivate mutating func add(_ event: Event, overriding instant: Instant) {
            let indices = versions[instant] ?? []
            if let first = indices.first, let known = places[first] {
                switch event.place(beside: known) {
                case .instead:
                    for index in indices { places[index] = nil }
                    versions[instant] = nil
                case .beside: break
                case .none: return
                }
            }
            versions[instant, default: []].append(places.count)
            places.append(event)
        }
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
            groups[index].add(event, overriding: override.instant)
        } else {
            groups[index].add(master: event)
        }
    }

    /// The place of the group with a `UID`, which may be that of the next one; events without one have one each.
    private mutating func index(of uid: String) -> Int {
        guard !uid.isEmpty, let known = indices.updateValue(groups.count, forKey: uid) else { return groups.count }
        indices[uid] = known
        return known
    }
}

extension Event {
    /// Where one of two versions belongs.
    fileprivate enum Place {
        case instead, beside
    }

    /// Where this belongs beside another version of it; nil where that one says all.
    fileprivate func place(beside known: Event) -> Place? {
        if revision > known.revision { return .instead }
        return revision == known.revision && !isSameTime(as: known) ? .beside : nil
    }

    fileprivate func isSameTime(as other: Event) -> Bool {
        start.instant == other.start.instant && end(of: start.instant) == other.end(of: other.start.instant)
            && recurrence?.rules ?? [] == other.recurrence?.rules ?? []
    }
}
