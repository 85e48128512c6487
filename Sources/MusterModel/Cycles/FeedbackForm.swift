import CivilTime

/// What those who came to a session are asked about it.
public struct FeedbackForm: Hashable, Sendable {
    /// A question that is answered by a number from 1 to `FeedbackForm.most`, the more the better.
    public struct Question: Hashable, Sendable {
        /// What answers call it.
        public var id: String
        /// What people read.
        public var text: String

        /// A question.
        public init(id: String, text: String) {
            self.id = id
            self.text = text
        }
    }

    /// The best of the numbers.
    public static let most = 5
    /// Answers are taken for so many days after the last of a cycle.
    public static let openDays = 14
    /// Comments are forgotten so many days after answers are taken no more.
    public static let commentDays = 28

    /// The questions, at least one.
    public var questions: [Question]
    /// The stages and training events after which they are asked; empty for all.
    public var stages: Set<StageID>

    /// A form; every field as described there.
    public init(questions: [Question], stages: Set<StageID> = []) {
        self.questions = questions
        self.stages = stages
    }

    /// Whether it is asked after a stage.
    public func isAsked(after stage: StageID) -> Bool { stages.isEmpty || stages.contains(stage) }
}

extension Cycle {
    /// When answers to its form are taken no more: until then nobody sees any.
    public func feedbackCloses(in zone: TimeZoneRules) -> Instant {
        zone.instant(LocalDateTime(date: dates.upperBound + FeedbackForm.openDays + 1))
    }
}

/// What was answered about the sessions of one stage of a cycle, where enough people did.
///
/// Nothing is shown while answers are taken, so no two results of one cell exist that could be compared; cells do not
/// overlap, so none can be worked out of others.
public struct FeedbackResult: Hashable, Sendable, Codable {
    /// So many answers a cell needs at least.
    public static let leastAnswers = 5
    /// Of so many sessions they must be at least.
    public static let leastSessions = 3

    /// A question with what was answered.
    public struct Line: Hashable, Sendable, Codable {
        /// What people read.
        public var question: String
        /// How many answered it.
        public var count: Int
        /// The mean in tenths, from 10 to 50.
        public var tenths: Int

        /// The mean: `4.2`.
        public var mean: String { "\(tenths / 10).\(tenths % 10)" }
    }

    /// Something that was written.
    public struct Comment: Hashable, Sendable, Codable {
        /// The words.
        public var text: String
        /// Whether whoever wrote it agrees to be quoted.
        public var mayBeQuoted: Bool

        /// A comment.
        public init(text: String, mayBeQuoted: Bool) {
            self.text = text
            self.mayBeQuoted = mayBeQuoted
        }
    }

    /// The cycle.
    public var cycle: CycleID
    /// The stage, by name.
    public var stage: String
    /// How many were asked.
    public var asked: Int
    /// How many answered.
    public var answered: Int
    /// The questions that enough people answered; empty where too few did.
    public var lines: [Line]
    /// What was written, in no order that says anything; empty where too few answered.
    public var comments: [Comment]

    /// The result of a stage.
    ///
    /// - Parameters:
    ///   - sessions: of how many sessions the answers are.
    ///   - scores: the numbers for each question, by its id.
    public init(
        cycle: Cycle, stage: Stage, form: FeedbackForm, asked: Int, answered: Int, sessions: Int,
        scores: [String: [Int]], comments: [Comment]
    ) {
        self.cycle = cycle.id
        self.stage = stage.name
        self.asked = asked
        self.answered = answered
        let isEnough = answered >= Self.leastAnswers && sessions >= Self.leastSessions
        lines = form.questions.compactMap { question in
            let scores = scores[question.id] ?? []
            guard isEnough, scores.count >= Self.leastAnswers else { return nil }
            return Line(
                question: question.text, count: scores.count,
                tenths: (20 * scores.reduce(0, +) + scores.count) / (2 * scores.count))
        }
        self.comments = isEnough ? comments : []
    }

    /// Whether anything is shown.
    public var isShown: Bool { !lines.isEmpty || !comments.isEmpty }
}
