import CivilTime

/// The key enquiry question of a host's run, as it was agreed: from then on it takes the place of the draft.
public struct AgreedQuestion: Hashable, Sendable, Codable {
    /// The run.
    public var track: TrackID
    /// The question.
    public var text: String
    /// Who said so: a person of the run, or whoever looks after it.
    public var author: String
    /// When.
    public var at: Instant

    /// A question; every field as described there.
    public init(track: TrackID, text: String, author: String, at: Instant) {
        self.track = track
        self.text = text
        self.author = author
        self.at = at
    }
}

extension Programme {
    /// The same with the questions that were agreed.
    public func adding(_ questions: [AgreedQuestion]) -> Programme {
        guard !questions.isEmpty else { return self }
        let byTrack = Dictionary(questions.map { ($0.track, $0.text) }) { _, newer in newer }
        let cycles = cycles.map { cycle in
            var cycle = cycle
            for index in cycle.hosts.indices {
                guard let text = byTrack[TrackID(cycle.id, cycle.hosts[index].school.rawValue)] else { continue }
                cycle.hosts[index].question = text
                cycle.hosts[index].isQuestionAgreed = true
            }
            return cycle
        }
        return replacing(cycles: cycles)
    }
}
