import CivilTime
import Foundation
import MusterModel
import MusterStore

/// Keeps the key enquiry question that was agreed for a host, or opens it again.
public enum AgreeQuestion: Operation {
    /// The name on the socket.
    public static let name = "agree-question"
    /// Letters at most.
    private static let longest = 400

    /// Which run, and what.
    public struct Request: Codable, Sendable {
        /// The host's run or one of its sessions, by id, by the end of one, or by the school's name.
        public var host: String
        /// The question; nil to open it again.
        public var question: String?

        /// A request; every field as described there.
        public init(host: String, question: String?) {
            self.host = host
            self.question = question
        }
    }

    /// Which run that was.
    public struct Response: Codable, Sendable {
        /// What people call it.
        public var label: String
    }

    /// Keeps it; who comes to a session that is to come hears of it with what is published next.
    ///
    /// - Throws: `Failure` where there is no such run, it is over, or the question is empty or too long.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        let track = try workspace.hostTrack(request.host)
        try workspace.require(workspace.isVisible(track.id), "run \(request.host)")
        let text = request.question.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        if let text, text.isEmpty || text.count > longest {
            throw Workspace.Failure(
                "A question has between 1 and \(longest) letters; this one has \(text.count).", exitCode: 64)
        }
        let (now, label) = (workspace.now(), workspace.programme.label(of: track.id))
        let last = try workspace.store.publishedSessions(in: FeedScope(tracks: [track.id])).map(\.details.end).max()
        guard last.map({ $0 > now }) ?? true else {
            throw Workspace.Failure("The run at \(label) is over; its question stays what it was.", exitCode: 65)
        }
        let title = text == nil ? "the question of \(label) is open again" : "the question of \(label) was agreed"
        let event = Event.done(.questionAgreed, title, subject: track.id.rawValue, by: workspace.actor, at: now)
        let author = workspace.actor
        let isKept = try await workspace.withWriteAccess { access in
            guard let text else { return try access.store.removeQuestion(of: track.id, recording: event) }
            try access.store.save(
                AgreedQuestion(track: track.id, text: text, author: author, at: now), recording: event)
            return true
        }
        guard isKept else { throw Workspace.Failure("No question of \(label) was agreed.", exitCode: 65) }
        return Response(label: label)
    }
}

extension Workspace {
    fileprivate func hostTrack(_ word: String) throws -> Track {
        let tracks = try tracks(of: find(word)).compactMap(programme.track).filter { $0.host != nil }
        guard tracks.count == 1, let track = tracks.first else {
            throw Failure(
                tracks.isEmpty
                    ? "\"\(word)\" is no host of a cycle."
                    : "\"\(word)\" hosts in several cycles; write \(Wording.list(tracks.map(\.id.rawValue), "or")).",
                exitCode: 64)
        }
        return track
    }
}
