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
}

extension Programme {
    /// All dates of an event that takes place on several, in their order; none for any other track.
    public func dates(ofEventOf track: Track) -> [Track] {
        guard let series = track.series else { return [] }
        return tracks.filter { $0.cycle.id == track.cycle.id && $0.series == series }
    }

    /// The same with everybody who is invited to an event on several dates asked to one of them: the one that they chose,
    /// else one that follows from their id.
    public func assigning(_ choices: [ChosenDate]) -> Programme {
        guard cycles.contains(where: { $0.training.contains { $0.series != nil } }) else { return self }
        let chosen = choices.sorted { $0.at < $1.at }.reduce(into: [CycleID: [PersonID: Set<StageID>]]()) {
            $0[$1.track.cycle, default: [:]][$1.person, default: []].insert($1.track.host)
        }
        return replacing(
            cycles: cycles.map { cycle in
                var cycle = cycle
                cycle.training.assign(chosen[cycle.id] ?? [:])
                return cycle
            })
    }
}

extension [TrainingEvent] {
    fileprivate mutating func assign(_ chosen: [PersonID: Set<StageID>]) {
        for (series, dates) in Dictionary(grouping: indices, by: { self[$0].series }) where series != nil {
            let ids = dates.map { self[$0].stage.id }
            var parts: [StageID: [PersonID]] = [:]
            for person in self[dates[0]].invited {
                let wish = chosen[person].flatMap { $0.intersection(ids).min() }
                guard let date = wish ?? Self.date(of: person, among: ids) else { continue }
                parts[date, default: []].append(person)
            }
            for index in dates { self[index].invited = (parts[self[index].stage.id] ?? []) + self[index].invitedToEach }
        }
    }

    /// The date to which somebody is asked who has chosen none.
    ///
    /// Each date is weighed for the person alone (rendezvous hashing): nobody is asked to another one since somebody else
    /// joins or leaves, and a date more takes from each of the others only its share.
    private static func date(of person: PersonID, among ids: [StageID]) -> StageID? {
        ids.max { weight($0, person) < weight($1, person) }
    }

    private static func weight(_ date: StageID, _ person: PersonID) -> UInt64 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in [UInt8](date.utf8) + [0] + [UInt8](person.rawValue.utf8) {
            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        // The sum of short texts that differ in their last letters differs little in its upper bits.
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        return hash ^ hash >> 33
    }
}
