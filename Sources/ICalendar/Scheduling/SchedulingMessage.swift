import CivilTime

/// What an organiser sends about one event (RFC 5546): a `REQUEST`, a `CANCEL` or the answer to a proposal, written so
/// that the clients in use understand it.
public struct SchedulingMessage: Sendable {
    /// The method of the object.
    public enum Method: String, Hashable, Sendable, Codable {
        /// An invitation or an update.
        case request = "REQUEST"
        /// The event does not take place, or not for those addressed.
        case cancel = "CANCEL"
        /// Another time that an attendee proposed is not to be; the event stays as it is.
        case declineCounter = "DECLINECOUNTER"
        /// For a feed or an export, not a matter of answers.
        case publish = "PUBLISH"
    }

    /// Who is asked to come.
    public struct Attendee: Hashable, Sendable {
        /// Whether the person is needed.
        public enum Role: String, Sendable {
            /// Leads the event.
            case chair = "CHAIR"
            /// Is needed.
            case required = "REQ-PARTICIPANT"
            /// May come.
            case optional = "OPT-PARTICIPANT"
        }

        /// The name.
        public var name: String
        /// The mail address.
        public var address: String
        /// Whether the person is needed.
        public var role: Role
        /// The answer so far, such as `NEEDS-ACTION` or `ACCEPTED`.
        public var participationStatus: String

        /// Someone who is asked to come and has not answered, unless said otherwise.
        public init(name: String, address: String, role: Role, participationStatus: String = "NEEDS-ACTION") {
            self.name = name
            self.address = address
            self.role = role
            self.participationStatus = participationStatus
        }
    }

    /// Who may see what stands in somebody's calendar (RFC 5545 §3.8.1.3).
    public enum Classification: String, Hashable, Sendable {
        /// Everybody to whom the calendar is open.
        case `public` = "PUBLIC"
        /// Its owner alone; others see at most that the time is taken.
        case `private` = "PRIVATE"
        /// Its owner and those whom the owner trusts.
        case confidential = "CONFIDENTIAL"
    }

    /// What the message does.
    public var method: Method
    /// The identifier of the event, the same for its life.
    public var uid: String
    /// The revision (RFC 5546 §2.1.4).
    public var sequence: Int
    /// The moment of this revision.
    public var stamp: Instant
    /// When the event was first published.
    public var created: Instant
    /// When it begins.
    public var start: Instant
    /// When it ends, after the start.
    public var end: Instant
    /// The zone in which its times are written.
    public var zone: TimeZoneRules
    /// The title.
    public var summary: String
    /// The text; of a `DECLINECOUNTER` what is said to whoever proposed another time.
    public var description: String
    /// Where it takes place.
    public var location: String?
    /// The address of the online room.
    public var link: String?
    /// The organiser's name and address; never one of the attendees.
    public var organizer: (name: String, address: String)
    /// Who is asked.
    public var attendees: [Attendee]
    /// Words by which calendars may sort it.
    public var categories: [String]
    /// Minutes before the start at which calendars may alarm, at most two are written.
    public var alarms: [Int]
    /// Whether people may propose another time.
    public var allowsCounter: Bool
    /// Who may see it in the calendars in which it stands.
    public var classification = Classification.public
    /// Whether it takes the time of those in whose calendar it stands.
    public var takesTime = true

    /// A message; every field as described there.
    public init(
        method: Method, uid: String, sequence: Int, stamp: Instant, created: Instant, start: Instant, end: Instant,
        zone: TimeZoneRules, summary: String, description: String, location: String? = nil, link: String? = nil,
        organizer: (name: String, address: String), attendees: [Attendee], categories: [String] = [],
        alarms: [Int] = [],
        allowsCounter: Bool = true
    ) {
        self.method = method
        self.uid = uid
        self.sequence = sequence
        self.stamp = stamp
        self.created = created
        self.start = start
        self.end = end
        self.zone = zone
        self.summary = summary
        self.description = description
        self.location = location
        self.link = link
        self.organizer = organizer
        self.attendees = attendees
        self.categories = categories
        self.alarms = alarms
        self.allowsCounter = allowsCounter
    }
}
