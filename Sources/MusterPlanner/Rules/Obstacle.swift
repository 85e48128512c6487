/// The rule that stands in the way of a placement, and whom or what it concerns.
public enum Obstacle: Hashable, Sendable {
    /// Rule 1: the stage may not start then.
    case start(stage: String)
    /// Rule 2: the person is not free for the stage.
    case notFree(person: String, stage: String, from: Int, to: Int)
    /// Rule 3: the stages are out of order, too close or too far apart.
    case order(stage: String)
    /// Rule 4: the person has another session then, of that track.
    case doubleBooked(person: String, stage: String, other: String)
    /// Rule 5: the person may not fill the role, and why.
    case role(person: String, role: String, RoleObstacle)
    /// Rule 6: the person is of another region and the stage is in person.
    case presence(person: String, stage: String)
    /// Rule 7: the person has enough.
    case personLimit(person: String, limit: String)
    /// Rule 7: too many of the school would be out on that day.
    case schoolLimit(school: String, day: Int)
    /// Rule 8: the room is full.
    case room(String, stage: String)

    /// Why a person may not fill a role.
    public enum RoleObstacle: String, Hashable, Sendable {
        /// Not qualified for it.
        case notQualified
        /// Of the host school.
        case ownSchool
        /// Excluded by the track: a conflict of interest.
        case excluded
        /// Required there anyway.
        case required
        /// Already in the team.
        case twice
        /// More or fewer than the role has seats.
        case count
        /// In the team of a track with which this one shares nobody.
        case taken
        /// Another member is of the same school.
        case sameSchool
    }
}
