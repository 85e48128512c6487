import CivilTime

/// The date of a training event that somebody chose, where it takes place on several.
public struct ChosenDate: Hashable, Sendable, Codable {
    /// Who.
    public var person: PersonID
    /// The track of the date: `spring-2027/training-2`.
    public var track: TrackID
    /// When they chose it.
    public var at: Instant

    /// A choice; every field as described there.
    public init(person: PersonID, track: TrackID, at: Instant) {
        self.person = person
        self.track = track
        self.at = at
    }
}

extension TrainingEvent {
    /// The id of one of several dates of an event, counted from 1.
    public static func id(of series: StageID, date number: Int) -> StageID { "\(series)-\(number)" }

    /// The part of those who are invited to an event on several dates that is asked to come on one of them.
    ///
    /// It follows from each person alone, so that nobody is asked to another date since somebody else joins or leaves.
    public static func share(of people: [PersonID], date number: Int, of count: Int) -> [PersonID] {
        guard count > 1 else { return people }
        return people.filter { person in
            let hash = person.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
            // The lowest bits of that sum differ least.
            return Int((hash ^ hash >> 16) % UInt32(count)) + 1 == number
        }
    }
}

extension Programme {
    /// All dates of an event that takes place on several, in their order; none for any other track.
    public func dates(ofEventOf track: Track) -> [Track] {
        guard let series = track.series else { return [] }
        return tracks.filter { $0.cycle.id == track.cycle.id && $0.series == series }
    }

    /// The same with everybody on the date that they chose.
    public func adding(_ dates: [ChosenDate]) -> Programme {
        guard !dates.isEmpty else { return self }
        let chosen = Dictionary(grouping: dates.sorted { $0.at < $1.at }, by: \.track.cycleOfTrack)
        let cycles = cycles.map { cycle -> Cycle in
            guard let chosen = chosen[cycle.id] else { return cycle }
            var cycle = cycle
            for choice in chosen { cycle.training.move(choice.person, to: choice.track.schoolOfTrack) }
            return cycle
        }
        return replacing(cycles: cycles)
    }
}

extension [TrainingEvent] {
    /// Invites somebody to one of the dates of an event alone, where they are invited to any.
    fileprivate mutating func move(_ person: PersonID, to date: StageID) {
        guard let target = firstIndex(where: { $0.stage.id == date }), let series = self[target].series else { return }
        let siblings = indices.filter { self[$0].series == series && self[$0].invited.contains(person) }
        guard !siblings.isEmpty, !siblings.contains(target) || siblings.count > 1 else { return }
        for index in siblings where index != target { self[index].invited.removeAll { $0 == person } }
        if !self[target].invited.contains(person) { self[target].invited.append(person) }
    }
}
