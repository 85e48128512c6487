/// How a poll stands: how many chose what, in all and by region and phase.
public struct PollResult: Hashable, Sendable, Codable {
    /// A choice with those who made it.
    public struct Line: Hashable, Sendable, Codable {
        /// What answers call it.
        public var id: String
        /// What people read.
        public var text: String
        /// How many chose it.
        public var count: Int
        /// Of a hundred who answered, rounded; who may choose several counts at each.
        public var share: Int
    }

    /// Some of those who were asked.
    public struct Group: Hashable, Sendable, Codable {
        /// `region South West`.
        public var name: String
        /// How many of them answered.
        public var answered: Int
        /// What they chose, in the order of the poll.
        public var lines: [Line]

        /// `Region South West, 12 answered`.
        public var heading: String { "\(name.prefix(1).uppercased() + name.dropFirst()), \(answered) answered" }
    }

    /// In smaller groups one could tell who chose what.
    public static let smallestGroup = 5

    /// The poll.
    public var poll: PollID
    /// Its heading.
    public var title: String
    /// Its question.
    public var question: String
    /// How many were asked.
    public var asked: Int
    /// How many answered.
    public var answered: Int
    /// What they chose, in the order of the poll.
    public var lines: [Line]
    /// The same by region and by phase, without groups that are too small and those from which they could be told.
    public var groups: [Group]

    /// The result of a poll.
    ///
    /// - Parameter answers: those of people who are not asked any more count too.
    public init(_ poll: Poll, _ answers: [PollAnswer], of programme: Programme) {
        self.poll = poll.id
        title = poll.title
        question = poll.question
        asked = Set(poll.people).union(answers.map(\.person)).count
        answered = answers.count
        lines = Self.lines(poll, answers)
        groups = [("region", \School.region), ("phase", \School.phase)].flatMap { name, path in
            Self.groups(poll, answers: answers, name: name) { answer in
                programme.person(answer.person)?.school.flatMap(programme.school)?[keyPath: path]
            }
        }
    }

    /// Everybody who answered.
    public var all: Group { Group(name: "all", answered: answered, lines: lines) }

    /// The most first.
    public var ranking: [Line] {
        lines.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }

    private static func lines(_ poll: Poll, _ answers: [PollAnswer]) -> [Line] {
        poll.choices.map { choice in
            let count = answers.count { $0.choices.contains(choice.id) }
            let share = answers.isEmpty ? 0 : (200 * count + answers.count) / (2 * answers.count)
            return Line(id: choice.id, text: choice.text, count: count, share: share)
        }
    }

    /// What all chose less what the shown groups did is what the others chose: they are shown where none of them is too
    /// small, and where those that are not shown are together enough.
    private static func groups(
        _ poll: Poll, answers: [PollAnswer], name: String, by key: (PollAnswer) -> String?
    ) -> [Group] {
        let groups = Dictionary(grouping: answers) { key($0) ?? "" }
        let shown = groups.filter { !$0.key.isEmpty && $0.value.count >= smallestGroup }
        let rest = answers.count - shown.reduce(0) { $0 + $1.value.count }
        guard shown.count > 1 || rest >= smallestGroup, rest == 0 || rest >= smallestGroup else { return [] }
        return shown.sorted { $0.key < $1.key }.map {
            Group(name: "\(name) \($0.key)", answered: $0.value.count, lines: lines(poll, $0.value))
        }
    }
}
