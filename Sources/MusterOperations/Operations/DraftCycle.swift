import CivilTime
import MusterConfiguration
import MusterModel
import MusterStore

/// Drafts the file of the next cycle from an earlier one and from what was held: who waited longest hosts, each with what
/// their head would like to look at, and beside each what they gave and received.
public enum DraftCycle: Operation {
    /// The name on the socket.
    public static let name = "draft-cycle"

    /// What is to be drafted.
    public struct Request: Codable, Sendable {
        /// What the new cycle is called.
        public var cycle: CycleID
        /// The cycle that it follows.
        public var earlier: CycleID

        /// A request; every field as described there.
        public init(cycle: CycleID, earlier: CycleID) {
            self.cycle = cycle
            self.earlier = earlier
        }
    }

    /// The draft.
    public struct Response: Codable, Sendable {
        /// The text of the file.
        public var text: String
        /// The names of the schools that host.
        public var hosts: [String]
    }

    /// Drafts it; nothing is kept.
    ///
    /// - Throws: `Failure` where the config has no such cycle, or the new one already.
    public static func run(
        _ request: Request, in workspace: Workspace, progress: @escaping PlanningProgress.Handler
    ) async throws -> Response {
        do {
            let draft = try CycleDraft(
                request.cycle, after: request.earlier, config: workspace.configDirectory, pasts: workspace.pasts())
            return Response(text: draft.text, hosts: draft.hosts.map(\.name))
        } catch let failure as CycleDraft.Failure {
            throw Workspace.Failure(failure.description, exitCode: 65)
        }
    }
}

extension Workspace {
    /// What every school gave and received, by the config and by what was held.
    func pasts() throws -> [SchoolID: SchoolPast] {
        let ledger = try store.ledger(at: now())
        var pasts = programme.schools.reduce(into: [SchoolID: SchoolPast]()) { pasts, school in
            let last = programme.tracks(hosting: school.id).max {
                $0.cycle.dates.upperBound < $1.cycle.dates.upperBound
            }
            pasts[school.id] = SchoolPast(hostedUntil: last?.cycle.dates.upperBound, theme: last?.host?.theme)
        }
        // The newest last, whatever cycles are called.
        for track in ledger.tracks.sorted(by: { end(of: $0, ledger) < end(of: $1, ledger) }) {
            let host = SchoolID(track.host)
            let held = ledger.sessions(of: track)
            let team = Set(held.flatMap(\.team))
            guard programme.school(host) != nil, !team.isEmpty, let end = held.last?.end else { continue }
            let schools = Set(team.flatMap { programme.person($0)?.schools ?? [] }).subtracting([host])
            for school in schools { pasts[school]?.given += 1 }
            pasts[host]?.received += 1
            // What the config has no cycle of any more was still held.
            let until = pasts[host]?.hostedUntil ?? end.utc.date
            pasts[host]?.hostedUntil = max(until, end.utc.date)
            pasts[host]?.reviewers = schools.compactMap { programme.school($0)?.name }.sorted()
        }
        for answer in try wishes() {
            for school in programme.person(answer.person)?.schools ?? [] {
                // What was wished for before it hosted was looked at then.
                let hosted = pasts[school]?.hostedUntil.map { $0 < now().utc.date && answer.at.utc.date <= $0 } ?? false
                if !hosted { pasts[school]?.wish = answer.choices.first }
            }
        }
        return pasts
    }

    private func end(of track: TrackID, _ ledger: Ledger) -> Instant {
        ledger.sessions(of: track).last?.end ?? Instant(seconds: 0)
    }

    /// What heads chose in polls on themes, in the order in which they did.
    private func wishes() throws -> [PollAnswer] {
        try programme.polls.filter { $0.use == .theme }.flatMap { try store.pollAnswers($0.id) }.filter {
            programme.person($0.person)?.roles.contains("head") ?? false
        }.sorted { ($0.at, $0.person) < ($1.at, $1.person) }
    }
}
