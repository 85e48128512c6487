import CivilTime
import Foundation
import MusterModel
import MusterStore

/// Lists the polls, and how many have answered.
public enum ListPolls: Operation {
    /// The name on the socket.
    public static let name = "list-polls"

    /// Nothing is asked.
    public typealias Request = Nothing

    /// A poll.
    public struct Entry: Codable, Sendable {
        /// What its file calls it.
        public var id: PollID
        /// Its heading.
        public var title: String
        /// Whether answers are taken now, `open`; else `to come` or `closed`.
        public var state: String
        /// The days on which it is open, in words.
        public var days: String
        /// How many are asked.
        public var asked: Int
        /// How many have answered.
        public var answered: Int
    }

    /// Lists those that are theirs who ask, the newest first.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> [Entry] {
        try workspace.programme.polls.filter(workspace.isVisible).sorted {
            ($1.dates.lowerBound, $0.id) < ($0.dates.lowerBound, $1.id)
        }.map { poll in
            let times = poll.times(in: workspace.programme.zone(of: poll))
            let now = workspace.now()
            let result = try workspace.result(of: poll)
            return Entry(
                id: poll.id, title: poll.title,
                state: now < times.lowerBound ? "to come" : times.contains(now) ? "open" : "closed",
                days: "\(Wording.longDay(poll.dates.lowerBound)) to \(Wording.longDay(poll.dates.upperBound))",
                asked: result.asked, answered: result.answered)
        }
    }
}

/// Shows how a poll stands: as numbers, as a spreadsheet, or as a picture.
public enum ShowPoll: Operation {
    /// The name on the socket.
    public static let name = "show-poll"

    /// Which one.
    public struct Request: Codable, Sendable {
        /// What its file calls it.
        public var poll: PollID

        /// A request.
        public init(poll: PollID) { self.poll = poll }
    }

    /// How it stands.
    public struct Response: Codable, Sendable {
        /// How many chose what.
        public var result: PollResult
        /// The same for a spreadsheet (CSV, RFC 4180).
        public var csv: String
        /// The same as a bar chart (SVG 1.1), without anything remote.
        public var svg: String
        /// What it would make of hosts and people, a sentence each; empty for nothing.
        public var consequences: [String]
    }

    /// Shows it.
    ///
    /// - Throws: `Failure` where there is no such poll, or it is not theirs.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let poll = try workspace.findPoll(request.poll)
        let result = try workspace.result(of: poll)
        return Response(
            result: result, csv: SeasonSheet.poll(result), svg: PollChart(result).svg,
            consequences: workspace.decides(about: poll)
                ? try workspace.themes(of: poll).map(workspace.sentence) : [])
    }
}

/// Keeps what somebody said by word of mouth that they choose in a poll.
public enum RecordPollAnswer: Operation {
    /// The name on the socket.
    public static let name = "record-poll-answer"

    /// Who chose what.
    public struct Request: Codable, Sendable {
        /// What the poll's file calls it.
        public var poll: PollID
        /// The person, by id or by name.
        public var person: String
        /// What they choose, by the ids of choices or by their texts.
        public var choices: [String]

        /// A request; every field as described there.
        public init(poll: PollID, person: String, choices: [String]) {
            self.poll = poll
            self.person = person
            self.choices = choices
        }
    }

    /// Keeps it in place of what they chose before.
    ///
    /// - Throws: `Failure` where there is no such poll, it is not open, the person is not asked, or the choices are not
    ///   some of the poll's.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Nothing {
        let poll = try workspace.findPoll(request.poll)
        guard poll.times(in: workspace.programme.zone(of: poll)).contains(workspace.now()) else {
            throw Workspace.Failure("The poll \"\(poll.id)\" is not open now.", exitCode: 65)
        }
        guard case .person(let person) = try workspace.find(request.person), poll.people.contains(person) else {
            throw Workspace.Failure("\(request.person) is not asked in the poll \"\(poll.id)\".", exitCode: 64)
        }
        try workspace.require(workspace.sees(.person(person)), "\(request.person)")
        let chosen = request.choices.map { word in
            poll.choices.first { $0.id == word.lowercased() || $0.text.lowercased() == word.lowercased() }?.id
        }
        guard !chosen.contains(nil), let choices = poll.valid(chosen.compactMap(\.self)) else {
            throw Workspace.Failure(
                "Between one and \(poll.mostChoices) of these can be chosen: \(poll.choices.map(\.id).joined(separator: ", ")).",
                exitCode: 64)
        }
        let answer = PollAnswer(poll: poll.id, person: person, choices: choices, at: workspace.now())
        try await workspace.withWriteAccess { try $0.store.save(answer) }
        return Nothing()
    }
}

/// Turns a poll into themes of hosts, or into what people know, as its `use` says; the planner matches them.
public enum ApplyPoll: Operation {
    /// The name on the socket.
    public static let name = "apply-poll"

    /// Which one.
    public typealias Request = ShowPoll.Request

    /// What came of it.
    public struct Response: Codable, Sendable {
        /// What hosts and people have now, a sentence each.
        public var consequences: [String]
    }

    /// Turns it, in place of what it was turned into before.
    ///
    /// - Throws: `Failure` where there is no such poll, it has no `use`, or nothing follows from it.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let poll = try workspace.findPoll(request.poll)
        try workspace.require(workspace.decides(about: poll), "poll \"\(poll.id)\" to take over")
        guard poll.use != nil else {
            throw Workspace.Failure(
                "The poll \"\(poll.id)\" says nothing of what it is for: write use: theme or use: expertise in its file.",
                exitCode: 64)
        }
        let themes = try workspace.themes(of: poll)
        guard !themes.isEmpty else {
            throw Workspace.Failure(
                poll.use == .theme
                    ? "No head of a host without a theme has answered, so there is nothing to take over."
                    : "Nobody has answered, so there is nothing to take over.", exitCode: 65)
        }
        let event = Event.done(
            .pollApplied, "the poll “\(poll.title)” was taken over: \(Wording.count(themes.count, "theme"))",
            by: workspace.actor, at: workspace.now())
        try await workspace.withWriteAccess { try $0.store.save(themes, of: poll.id, recording: event) }
        return Response(consequences: themes.map(workspace.sentence))
    }
}

extension Workspace {
    /// Whether a poll is theirs alone: what becomes of one of the whole programme is decided by whoever looks after it.
    fileprivate func decides(about poll: Poll) -> Bool { poll.partnership.map(viewer.sees) ?? seesEverything }

    fileprivate func themes(of poll: Poll) throws -> [ChosenTheme] {
        // What it made before is made anew, not taken for what the config says.
        writtenProgramme.themes(of: poll, try store.pollAnswers(poll.id), at: now())
    }

    fileprivate func sentence(_ theme: ChosenTheme) -> String {
        let run = TrackID(theme.subject)
        let isRun = programme.track(run) != nil
        let name = isRun ? programme.label(of: run) : programme.name(of: PersonID(theme.subject))
        let text = programme.poll(theme.poll)?.choices.first { $0.id == theme.theme }?.text ?? theme.theme
        return isRun ? "\(name) has the theme “\(text)”." : "\(name) knows “\(text)”."
    }
}
