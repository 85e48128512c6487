import CivilTime

/// One season of a partnership: its stages, rules and hosts, and its training events.
public struct Cycle: Sendable {
    /// What its file calls it.
    public var id: CycleID
    /// The name that participants read.
    public var name: String
    /// The partnership whose cycle it is.
    public var partnership: PartnershipID
    /// The first and the last day on which sessions may be.
    public var dates: ClosedRange<CivilDate>
    /// The roles of a team and how many fill each, in the order of the file.
    public var team: [TeamRole]
    /// The stages in their order.
    public var stages: [Stage]
    /// What must not be, and what is liked.
    public var rules: CycleRules
    /// The schools that are reviewed.
    public var hosts: [Host]
    /// Events for many.
    public var training: [TrainingEvent]
    /// Minutes before a session at which calendars alarm.
    public var alarms: [Int]
    /// Who may see its sessions in people's calendars.
    public var visibility: SessionDetails.Visibility
    /// Whether people may propose other times from their calendars.
    public var allowsProposals: Bool
    /// When people are reminded by mail.
    public var reminders: [ReminderRule]
    /// The hours of a day within which people are reminded.
    public var reminderHours: TimeWindow
    /// What is due beside the sessions.
    public var deadlines: [Deadline]
    /// How those are chased who do not answer.
    public var chase: ChaseRules
    /// Where everybody can read who else comes: up to so many attendees.
    public var attendeesShownUpTo: Int
    /// What muster does by itself with a change; nil for what the operator says.
    public var policy: ChangePolicy?
    /// Minutes before a session from which on nothing about it changes but who takes a seat; nil for what the operator
    /// says.
    public var freeze: Int?
    /// What those who came to its sessions are asked about them; nil for nothing.
    public var feedback: FeedbackForm?

    /// A role of a team.
    public struct TeamRole: Hashable, Sendable {
        /// `lead`.
        public var id: RoleID
        /// How many fill it.
        public var count: Int

        /// A role of a team.
        public init(id: RoleID, count: Int) {
            self.id = id
            self.count = count
        }
    }

    /// 7:00 to 18:00.
    public static let usualHours = TimeOfDay(minutes: 420)..<TimeOfDay(minutes: 1080)

    /// A week.
    public static let usualAnswerDays = 7

    /// A cycle; every field as described there.
    public init(
        id: CycleID, name: String, partnership: PartnershipID, dates: ClosedRange<CivilDate>, team: [TeamRole],
        stages: [Stage], rules: CycleRules = CycleRules(), hosts: [Host], training: [TrainingEvent] = [],
        alarms: [Int] = [], visibility: SessionDetails.Visibility = .public, allowsProposals: Bool = true,
        reminders: [ReminderRule] = [], reminderHours: TimeWindow = Cycle.usualHours,
        deadlines: [Deadline] = [], chase: ChaseRules = ChaseRules(), attendeesShownUpTo: Int = 20,
        policy: ChangePolicy? = nil, freeze: Int? = nil, feedback: FeedbackForm? = nil
    ) {
        self.id = id
        self.name = name
        self.partnership = partnership
        self.dates = dates
        self.team = team
        self.stages = stages
        self.rules = rules
        self.hosts = hosts
        self.training = training
        self.alarms = alarms
        self.visibility = visibility
        self.allowsProposals = allowsProposals
        self.reminders = reminders
        self.reminderHours = reminderHours
        self.deadlines = deadlines
        self.chase = chase
        self.attendeesShownUpTo = attendeesShownUpTo
        self.policy = policy
        self.freeze = freeze
        self.feedback = feedback
    }
}

/// A school that is reviewed in a cycle.
public struct Host: Sendable {
    /// The school.
    public var school: SchoolID
    /// The area of practice that is looked into, if it is agreed.
    public var theme: String?
    /// The key enquiry question: its draft, or as it was agreed.
    public var question: String?
    /// Whether the question is agreed.
    public var isQuestionAgreed = false
    /// Who speaks for the school; its heads unless said otherwise.
    public var people: [PersonID]
    /// Who may come beside those who must.
    public var optional: [PersonID]
    /// People who must not be in its team.
    public var excluded: [PersonID]
    /// How much more it counts than others if not everybody can be planned, from 1.
    public var priority: Int

    /// A host; every field as described there.
    public init(
        school: SchoolID, theme: String? = nil, question: String? = nil, people: [PersonID], optional: [PersonID] = [],
        excluded: [PersonID] = [], priority: Int = 1
    ) {
        self.school = school
        self.theme = theme
        self.question = question
        self.people = people
        self.optional = optional
        self.excluded = excluded
        self.priority = priority
    }
}

/// An event of a cycle for many: one session, people who run it, and people who are invited and never block it.
public struct TrainingEvent: Sendable {
    /// The session that it is.
    public var stage: Stage
    /// The school whose days and clocks it follows.
    public var school: SchoolID
    /// The first and the last day on which it may be.
    public var dates: ClosedRange<CivilDate>
    /// Who must be there.
    public var required: [PersonID]
    /// Who is invited.
    public var invited: [PersonID]
    /// How many of those who are invited can come; nil for all.
    public var places: Int?
    /// Who is invited to each of several dates, as the heads of the school in which it takes place.
    public var invitedToEach: [PersonID]
    /// What the config calls it where this is one of several dates; nil where there is one.
    public var series: StageID?

    /// A training event; every field as described there.
    public init(
        stage: Stage, school: SchoolID, dates: ClosedRange<CivilDate>, required: [PersonID], invited: [PersonID],
        places: Int? = nil, series: StageID? = nil, invitedToEach: [PersonID] = []
    ) {
        self.stage = stage
        self.school = school
        self.dates = dates
        self.required = required
        self.invited = invited
        self.places = places
        self.series = series
        self.invitedToEach = invitedToEach
    }
}
