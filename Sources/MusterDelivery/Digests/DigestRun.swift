import CivilTime
import Crypto
import Foundation
import MusterModel
import MusterStore
import TextEncodings

/// Tells coordinators how things stand, once for each moment of their schedule.
///
/// One that would say nothing, or only what the one before said, is not sent.
public struct DigestRun {
    /// A part of a digest.
    public struct Section: Sendable {
        /// What it is about.
        public var title: String
        /// What there is to say; a part without lines is left out.
        public var lines: [String]
        /// What makes it news though its lines are those of the last time.
        public var marks: [String]

        /// A part of a digest; every field as described there.
        public init(_ title: String, _ lines: [String], marks: [String] = []) {
            self.title = title
            self.lines = lines
            self.marks = marks
        }
    }

    /// A digest this late would only repeat what the next one says.
    static let mostLateness = 20 * 3600

    private let store: Store
    private let notices: OwnerNoticeComposer

    /// A run that keeps its outcomes in a store.
    public init(store: Store, notices: OwnerNoticeComposer) {
        self.store = store
        self.notices = notices
    }

    /// Puts the digest of a partnership that has come due into the outbox, or drops it; returns whether it was put
    /// there.
    ///
    /// - Parameter sections: what there is to say since a moment.
    @discardableResult
    public func runOnce(
        _ partnership: Partnership, _ schedule: DigestSchedule, at now: Instant,
        sections: (_ since: Instant) throws -> [Section]
    ) throws -> Bool {
        guard let coordinator = partnership.coordinator, let due = schedule.newest(at: now),
            try !store.hasDigest(of: partnership.id, due: due)
        else { return false }
        let period = partnership.digest == .daily ? 86_400 : 7 * 86_400
        let since = try store.lastDigest(of: partnership.id) ?? due - period
        guard now - due <= Self.mostLateness else {
            try store.recordDigest(of: partnership.id, due: due, "it would have come too late", nil, at: now)
            return false
        }
        let parts = try sections(since).filter { !$0.lines.isEmpty }
        let marks = parts.flatMap { part in
            // Who looks after it now has read nothing yet.
            (part.lines + part.marks).map { Self.mark(part.title + coordinator.address, $0) }
        }
        // What stands as it stood the last time is repeated beside news, and is no reason for a mail.
        guard try !store.marksOfLastDigest(of: partnership.id).isSuperset(of: marks) else {
            try store.recordDigest(of: partnership.id, due: due, "there was nothing to say", nil, at: now)
            return false
        }
        let mail = notices.notice(
            to: coordinator.address, subject: "How things stand: \(partnership.name)",
            text: text(partnership, coordinator: coordinator, parts: parts), topic: .digest, at: now,
            expires: due + period)
        try store.recordDigest(of: partnership.id, due: due, "sent", mail, marks: marks, at: now)
        return true
    }

    private static func mark(_ title: String, _ line: String) -> String {
        SHA256.hash(data: Data("\(title)\n\(line)".utf8)).prefix(8).hexadecimal
    }

    private func text(_ partnership: Partnership, coordinator: Partnership.Contact, parts: [Section]) -> String {
        let body = parts.map { part in
            part.title + "\n"
                + part.lines.map { "  * " + TextLayout.wrap($0[...], 70).joined(separator: "\n    ") }.joined(
                    separator: "\n")
        }.joined(separator: "\n\n")
        return """
            \(partnership.name)

            \(body)

            You get this as the coordinator of \(partnership.name), \(partnership.digest.rawValue); \
            "digest" in the partnership's file changes that.
            """
    }
}
