/// A school's Unique Reference Number, as text: `900001`.
public typealias SchoolID = String
/// What `people.csv` calls a person: `a.marsh`.
public typealias PersonID = String
/// What a partnership's file calls it.
public typealias PartnershipID = String
/// What a cycle's file calls it.
public typealias CycleID = String
/// What a cycle calls a stage: `pre-review`.
public typealias StageID = String
/// What a poll's file calls it.
public typealias PollID = String
/// The name of a role in a team: `lead`.
public typealias RoleID = String
/// A cycle and a host school or training event: `spring-2027/900001`.
public typealias TrackID = String
/// A track and a stage: `spring-2027/900001/review`.
public typealias SessionID = String

extension String {
    /// The identifier of the session of a stage in the track with this identifier.
    public func session(_ stage: StageID) -> SessionID { self + "/" + stage }

    /// The identifier of the track of the session with this identifier.
    public var trackOfSession: TrackID { splitAtLastSlash.before }

    /// The stage of the session with this identifier.
    public var stageOfSession: StageID { splitAtLastSlash.after }

    /// The cycle of the track with this identifier.
    public var cycleOfTrack: CycleID { splitAtLastSlash.before }

    /// The host school of the track with this identifier; of a training event, what the cycle calls it.
    public var schoolOfTrack: SchoolID { splitAtLastSlash.after }

    private var splitAtLastSlash: (before: String, after: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }
}
