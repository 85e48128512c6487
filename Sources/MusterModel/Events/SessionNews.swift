import CivilTime
import Foundation

/// What programs are told of a session when it is scheduled, moved, changed or cancelled.
struct SessionEventData: Codable, Sendable {
    struct Part: Codable, Hashable, Sendable {
        let person: PersonID
        let part: String
    }

    let session: SessionID
    let uid: String
    let sequence: Int
    let start: Instant
    let end: Instant
    let zone: String
    let mode: Stage.Mode
    let previousStart: Instant?
    /// What differs from before; what was logged by earlier versions does not say it.
    let changed: [String]?
    let people: [Part]

    /// Whether all that can differ is how it was.
    ///
    /// Only what the data hold can be undone: time, form and people.
    func isAsBefore(_ earlier: SessionEventData, changed: Set<String>) -> Bool {
        let isComparable = changed.isSubset(of: ["time", "form", "people"])
        let isKnown = !changed.contains("people") || !people.isEmpty
        return isComparable && isKnown && start == earlier.start && end == earlier.end && mode == earlier.mode
            && Set(people) == Set(earlier.people)
    }
}

/// An event of a session as the log keeps it.
public struct SessionEvent: Sendable {
    let kind: EventKind
    let data: SessionEventData?

    /// An event; the data (JSON) may be of another version, and say nothing.
    public init(kind: EventKind, data: String) {
        self.kind = kind
        self.data = try? JSONDecoder().decode(SessionEventData.self, from: Data(data.utf8))
    }
}

/// What became of a session within some time; what was undone meanwhile is no news.
public struct SessionNews: Hashable, Sendable {
    /// Which session.
    public let session: SessionID
    /// What became of it: `moved, people changed`.
    public let outcome: String

    /// The news of a session; nil where it is as it was.
    ///
    /// - Parameters:
    ///   - events: what happened to it, the oldest first, with the data that programs are told (JSON).
    ///   - earlier: the last event before these; nil where none is kept.
    public init?(of session: SessionID, events: [SessionEvent], after earlier: SessionEvent?) {
        guard let first = events.first, let last = events.last else { return nil }
        self.session = session
        let earlier = earlier?.data
        let isNew = first.kind == .sessionScheduled
        switch (isNew, last.kind == .sessionCancelled) {
        case (true, true): return nil
        case (true, false): outcome = "scheduled"
        case (false, true): outcome = "cancelled"
        case (false, false):
            let changed = events.reduce(into: Set<String>()) { $0.formUnion($1.data?.changed ?? ["details"]) }
            if let earlier, let now = last.data, now.isAsBefore(earlier, changed: changed) { return nil }
            let isMoved = earlier.map { $0.start != last.data?.start } ?? changed.contains("time")
            let others = changed.subtracting(["time"]).sorted()
            let parts = [isMoved ? "moved" : nil, others.isEmpty ? nil : Wording.list(others) + " changed"]
            outcome = parts.allSatisfy { $0 == nil } ? "changed" : parts.compactMap(\.self).joined(separator: ", ")
        }
    }
}
