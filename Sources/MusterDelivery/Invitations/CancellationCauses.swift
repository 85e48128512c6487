import MusterModel
import MusterStore

/// Why sessions are called off, and whether another date follows, for those who were to come.
struct CancellationCauses {
    private let reasons: [String: String]
    private let unscheduled: Set<TrackID>

    /// Those of a plan that is published: decisions may say why, and what is left out is looked at again.
    init(_ publication: Publication) {
        let cancellations = (publication.decisions ?? []).filter { $0.kind == .cancel && !$0.reason.isEmpty }
        reasons = Dictionary(cancellations.map { ($0.subject, $0.reason) }) { $1 }
        unscheduled = Set(publication.plan.unscheduled.map(\.id))
    }

    func sentences(about session: SessionID) -> [String] {
        let track = session.track
        let reason = (reasons[session.rawValue] ?? reasons[track.rawValue]).map {
            "The reason: \($0.trimmingSuffix("."))."
        }
        let outlook =
            unscheduled.contains(track)
            ? "We are looking for another date and will write to you again." : "No other date is planned."
        return [reason, outlook].compactMap(\.self)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
