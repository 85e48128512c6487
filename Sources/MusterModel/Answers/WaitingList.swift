import CivilTime

/// Who has a place at an event with few of them, and who waits: first come, first served.
///
/// A yes takes a place while there is one and nobody waits, else a number. A place that is free again is offered to whoever
/// has waited longest, who says yes once more by a moment, or loses it; whoever loses it, or gives a place back, begins anew
/// at the end. Places are never promised to more people than there are.
public struct WaitingList: Hashable, Sendable {
    /// How somebody stands.
    public enum State: Hashable, Sendable {
        /// They have a place.
        case placed
        /// A place is kept for them until then.
        case offered(until: Instant)
        /// They wait.
        case waiting
        /// They did not take the place that was offered.
        case lapsed
    }

    /// Somebody who said yes.
    public struct Entry: Hashable, Sendable {
        /// Who.
        public var person: PersonID
        /// Their number: lower ones came before.
        public var number: Int
        /// How they stand.
        public var state: State
        /// Since when.
        public var since: Instant

        /// Somebody who said yes.
        public init(person: PersonID, number: Int, state: State, since: Instant) {
            self.person = person
            self.number = number
            self.state = state
            self.since = since
        }
    }

    /// What somebody has to be told.
    public enum Change: Hashable, Sendable {
        /// They have a place.
        case placed(PersonID)
        /// They are the nth of those who wait, from 1.
        case waits(PersonID, position: Int)
        /// A place is kept for them until then.
        case offered(PersonID, until: Instant)
        /// It is kept no more.
        case lapsed(PersonID)
    }

    /// Those who said yes, by their numbers.
    public private(set) var entries: [Entry]

    /// A list as it was kept.
    public init(_ entries: [Entry] = []) { self.entries = entries.sorted { $0.number < $1.number } }

    /// How somebody stands; nil for nobody who said yes.
    public func state(of person: PersonID) -> State? { entries.first { $0.person == person }?.state }

    /// How many come before somebody who waits, and one; nil for who does not.
    public func position(of person: PersonID) -> Int? {
        entries.filter { $0.state == .waiting }.firstIndex { $0.person == person }.map { $0 + 1 }
    }

    /// Those who have a place, or for whom one is kept.
    public var peopleWithPlaces: Set<PersonID> {
        Set(
            entries.filter { entry in
                switch entry.state {
                case .placed, .offered: true
                case .waiting, .lapsed: false
                }
            }.map(\.person))
    }

    /// How many places are taken, or kept for somebody.
    public var taken: Int { peopleWithPlaces.count }

    /// When the next offer ends; nil for none.
    public var nextEnd: Instant? {
        entries.compactMap { entry in
            if case .offered(let until) = entry.state { until } else { nil }
        }.min()
    }

    /// Brings it up to date, as often as one likes.
    ///
    /// - Parameters:
    ///   - accepted: when each of those said yes who have said nothing else since.
    ///   - places: how many there are; nobody who has one loses it where there are fewer than before.
    ///   - offersEnd: until when a place that is free now is kept for whoever waits; nil where it is too late to ask anybody.
    /// - Returns: what people have to be told, in order.
    public mutating func settle(
        accepted: [PersonID: Instant], places: Int, offersEnd: Instant?, at now: Instant
    ) -> [Change] {
        var changes: [Change] = []
        entries.removeAll { accepted[$0.person] == nil }
        for index in entries.indices {
            guard case .offered(let until) = entries[index].state, let yes = accepted[entries[index].person] else {
                continue
            }
            if yes > entries[index].since, yes <= until {
                set(.placed, at: index, since: now)
                changes.append(.placed(entries[index].person))
            } else if now >= until {
                // Since then, so that a yes that came too late counts as another one.
                set(.lapsed, at: index, since: until)
                changes.append(.lapsed(entries[index].person))
            }
        }
        entries.removeAll { entry in entry.state == .lapsed && (accepted[entry.person] ?? entry.since) > entry.since }
        let newcomers = append(accepted, now)
        changes.removeAll { if case .lapsed(let person) = $0 { newcomers.contains(person) } else { false } }
        changes += fill(places, newcomers: newcomers, offersEnd: offersEnd, now: now)
        return changes
            + newcomers.sorted().compactMap { person in
                position(of: person).map { Change.waits(person, position: $0) }
            }
    }

    private mutating func set(_ state: State, at index: Int, since moment: Instant) {
        entries[index].state = state
        entries[index].since = moment
    }

    /// Those who said yes and are not in the list, at its end, in the order in which they did.
    private mutating func append(_ accepted: [PersonID: Instant], _ now: Instant) -> Set<PersonID> {
        let known = Set(entries.map(\.person))
        let new = accepted.filter { !known.contains($0.key) }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        var number = entries.last?.number ?? 0
        for (person, _) in new {
            number += 1
            entries.append(Entry(person: person, number: number, state: .waiting, since: now))
        }
        return Set(new.map(\.key))
    }

    private mutating func fill(
        _ places: Int, newcomers: Set<PersonID>, offersEnd: Instant?, now: Instant
    ) -> [Change] {
        var changes: [Change] = []
        var free = places - taken
        for index in entries.indices where entries[index].state == .waiting {
            guard free > 0 else { break }
            let person = entries[index].person
            if newcomers.contains(person) {
                set(.placed, at: index, since: now)
                changes.append(.placed(person))
            } else {
                // Whoever comes now must not get what those were not asked about who came before.
                guard let offersEnd, offersEnd > now else { break }
                set(.offered(until: offersEnd), at: index, since: now)
                changes.append(.offered(person, until: offersEnd))
            }
            free -= 1
        }
        return changes
    }
}
