import CivilTime

/// A question that many are asked, each by a mail with a link of their own.
public struct Poll: Hashable, Sendable {
    /// What a result may become, by the one command that does so.
    public enum Use: String, CaseIterable, Sendable {
        /// What the head of a school chose becomes the theme of the school's runs.
        case theme
        /// What people chose becomes what they know.
        case expertise
    }

    /// Something to choose.
    public struct Choice: Hashable, Sendable {
        /// What answers call it, such as a theme.
        public var id: String
        /// What people read.
        public var text: String

        /// A choice.
        public init(id: String, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// What the config calls it.
    public var id: PollID
    /// The heading.
    public var title: String
    /// The question.
    public var question: String
    /// What is to be said besides; empty for nothing.
    public var note: String
    /// What can be chosen, at least two.
    public var choices: [Choice]
    /// So many at most.
    public var mostChoices: Int
    /// Whose poll it is; nil for one of the whole programme.
    public var partnership: PartnershipID?
    /// Who is asked.
    public var people: [PersonID]
    /// The first and the last day on which it is open.
    public var dates: ClosedRange<CivilDate>
    /// What a result may become; nil for nothing.
    public var use: Use?

    /// A poll; every field as described there.
    public init(
        id: PollID, title: String, question: String, note: String = "", choices: [Choice], mostChoices: Int = 1,
        partnership: PartnershipID? = nil, people: [PersonID], dates: ClosedRange<CivilDate>, use: Use? = nil
    ) {
        self.id = id
        self.title = title
        self.question = question
        self.note = note
        self.choices = choices
        self.mostChoices = mostChoices
        self.partnership = partnership
        self.people = people
        self.dates = dates
        self.use = use
    }

    /// From when until when answers are taken: from 8:00 on the first day to the end of the last.
    public func times(in zone: TimeZoneRules) -> Range<Instant> {
        let first = zone.instant(LocalDateTime(date: dates.lowerBound, time: TimeOfDay(minutes: 480)))
        return first..<max(first, zone.instant(LocalDateTime(date: dates.upperBound + 1)))
    }

    /// Those of some words that are choices, each once, in the order of the poll.
    ///
    /// - Returns: nil where there are none of them, or more than may be chosen.
    public func valid(_ chosen: some Sequence<String>) -> [String]? {
        let chosen = Set(chosen)
        let valid = choices.map(\.id).filter(chosen.contains)
        return valid.isEmpty || valid.count > mostChoices ? nil : valid
    }
}

/// What one person chose in a poll; the newest counts.
public struct PollAnswer: Hashable, Sendable, Codable {
    /// The poll.
    public var poll: PollID
    /// Who.
    public var person: PersonID
    /// What, by the ids of choices.
    public var choices: [String]
    /// When.
    public var at: Instant

    /// An answer; every field as described there.
    public init(poll: PollID, person: PersonID, choices: [String], at: Instant) {
        self.poll = poll
        self.person = person
        self.choices = choices
        self.at = at
    }
}

extension Programme {
    /// The poll with that id.
    public func poll(_ id: PollID) -> Poll? { polls.first { $0.id == id } }

    /// The clocks by which a poll opens and closes: those of the first school of its partnership.
    public func zone(of poll: Poll) -> TimeZoneRules {
        let school = poll.partnership.flatMap(partnership)?.schools.first.flatMap(self.school)
        return school?.zone ?? TimeZoneDatabase.system["Europe/London"] ?? .utc
    }
}
