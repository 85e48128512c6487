import CivilTime

/// The events of a calendar by `UID`: series and the instances that override them.
struct SeriesTable {
    struct Group {
        fileprivate(set) var masters: [Event] = []
        /// In the order in which they came; a version that is not the newest leaves its place empty.
        private var places: [Event?] = []
        /// The places of those of one instance.
        private var versions: [Instant: [Int]] = [:]

        /// The instances that override those of the masters.
        var overrides: some Sequence<Event> { places.lazy.compactMap(\.self) }

        fileprivate mutating func add(master event: Event) {
            guard let known = masters.first else { return masters.append(event) }
            switch event.place(beside: known) {
            case .instead: masters = [event]
            case .beside: masters.append(event)
            case .none: break
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

    private func isSameTime(as other: Event) -> Bool {
        start.instant == other.start.instant && end(of: start.instant) == other.end(of: other.start.instant)
            && recurrence?.rules ?? [] == other.recurrence?.rules ?? []
    }
}
