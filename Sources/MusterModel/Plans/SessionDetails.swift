import CivilTime

/// Everything about a session that its participants can see: what an invitation says.
public struct SessionDetails: Hashable, Sendable, Codable {
    /// Someone who is asked to come.
    public struct Participant: Hashable, Sendable, Codable {
        /// The person.
        public var person: PersonID
        /// The name.
        public var name: String
        /// The mail address.
        public var address: String
        /// `host`, or the role in the team; `invited` for those who may come.
        public var role: String
        /// The school that the person comes from, by name.
        public var school: String?
        /// Whether the session is not held without them.
        public var isRequired: Bool
        /// The zone of the person's clocks, an Olson name; nil for that of the session.
        public var zone: String?

        /// States of earlier versions call the role `part`.
        private enum CodingKeys: String, CodingKey {
            case person, name, address, school, isRequired, zone
            case role = "part"
        }

        /// Someone who is asked to come.
        public init(
            person: PersonID, name: String, address: String, role: String, school: String?, isRequired: Bool,
            zone: String? = nil
        ) {
            self.person = person
            self.name = name
            self.address = address
            self.role = role
            self.school = school
            self.isRequired = isRequired
            self.zone = zone
        }
    }

    /// Who may see a session in the calendars of those who come (RFC 5545 §3.8.1.3, `CLASS`).
    public enum Visibility: String, Hashable, Sendable, Codable, CaseIterable {
        case `public`, `private`, confidential
    }

    /// The session.
    public var id: SessionID
    /// `Pre-review meeting`.
    public var stage: String
    /// `Oakford Primary`, or nil for a training event.
    public var host: String?
    /// What it is for.
    public var purpose: String
    /// The key enquiry question, as far as it is agreed.
    public var question: String?
    /// What to bring or do before.
    public var checklist: [String]
    /// When it begins.
    public var start: Instant
    /// When it ends.
    public var end: Instant
    /// The host's zone, an Olson name.
    public var zone: String
    /// Where people meet in person, if they do.
    public var place: String?
    /// Where people join online, if they do.
    public var link: String?
    /// Whether it is online, in person or both.
    public var mode: Stage.Mode
    /// Who is asked to come.
    public var participants: [Participant]
    /// Whether participants may read who else is asked.
    public var showsParticipants: Bool
    /// The partnership's name.
    public var partnership: String
    /// The cycle's name.
    public var cycle: String
    /// Whom to ask.
    public var contact: Partnership.Contact?
    /// Minutes before the start at which calendars alarm.
    public var alarms: [Int]
    /// Who may see it in people's calendars; nil for everybody to whom those are open.
    public var visibility: Visibility?
    /// Whether people may propose another time; nil for yes.
    public var allowsProposals: Bool?
    /// The address to which answers go; nil where an earlier version did not keep it.
    public var organiser: String?
    /// Days within which an answer is asked for; nil for no date.
    public var answerDays: Int?
    /// Whether the question is agreed; nil for a draft.
    public var isQuestionAgreed: Bool?
    /// How many of those who are invited can come; nil for all.
    public var places: Int?
    /// On how many dates the event takes place, of which each who is invited comes to one; nil for one.
    public var dates: Int?

    /// Details; every field as described there.
    public init(
        id: SessionID, stage: String, host: String?, purpose: String, question: String?, checklist: [String],
        start: Instant, end: Instant, zone: String, place: String?, link: String?, mode: Stage.Mode,
        participants: [Participant], showsParticipants: Bool, partnership: String, cycle: String,
        contact: Partnership.Contact?, alarms: [Int], visibility: Visibility? = nil, allowsProposals: Bool? = nil,
        organiser: String? = nil, answerDays: Int? = nil, isQuestionAgreed: Bool? = nil, places: Int? = nil,
        dates: Int? = nil
    ) {
        self.id = id
        self.stage = stage
        self.host = host
        self.purpose = purpose
        self.question = question
        self.checklist = checklist
        self.start = start
        self.end = end
        self.zone = zone
        self.place = place
        self.link = link
        self.mode = mode
        self.participants = participants
        self.showsParticipants = showsParticipants
        self.partnership = partnership
        self.cycle = cycle
        self.contact = contact
        self.alarms = alarms
        self.visibility = visibility
        self.allowsProposals = allowsProposals
        self.organiser = organiser
        self.answerDays = answerDays
        self.isQuestionAgreed = isQuestionAgreed
        self.places = places
        self.dates = dates
    }

    /// Whether everybody to whom a calendar is open can read of it there.
    var isOpen: Bool { (visibility ?? .public) == .public }

    /// `Pre-review meeting at Oakford Primary`.
    public var title: String { host.map { "\(stage) at \($0)" } ?? stage }
}
