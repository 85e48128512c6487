import CivilTime

/// What somebody said about coming to a session; the newest of each person counts.
public struct Answer: Hashable, Sendable, Codable {
    /// What was said (RFC 5545 §3.2.12).
    public enum Status: String, CaseIterable, Hashable, Sendable, Codable {
        /// The person comes.
        case accepted
        /// The person does not come.
        case declined
        /// The person may come.
        case tentative
    }

    /// The session.
    public var session: SessionID
    /// Its `UID`.
    public var uid: String
    /// Who answered.
    public var person: PersonID
    /// What was said.
    public var status: Status
    /// What was added in words; empty for nothing.
    public var comment: String
    /// When the session was to begin, as far as the person knew.
    public var start: Instant
    /// The revision of the session that was answered.
    public var sequence: Int
    /// When it was said, by the clock of whoever said it.
    public var stamp: Instant
    /// When it was heard.
    public var at: Instant
    /// How it was heard: `Answer.mail`, or the name of somebody on this machine who was told.
    public var way: String

    /// How far it can be believed.
    public var evidence: Evidence

    /// The way of what came by mail.
    public static let mail = "mail"
    /// The way of what came by the link that stands in a mail.
    public static let link = "link"

    /// The way of a no that nobody said: mails about the session do not reach the person.
    public static let bounce = "bounce"

    /// Whether the person said it, and nobody who was told of it.
    public var isOwn: Bool { way == Self.mail || way == Self.link }

    /// An answer; every field as described there.
    public init(
        session: SessionID, uid: String, person: PersonID, status: Status, comment: String = "", start: Instant,
        sequence: Int, stamp: Instant, at: Instant, way: String, evidence: Evidence = .strong
    ) {
        self.session = session
        self.uid = uid
        self.person = person
        self.status = status
        self.comment = comment
        self.start = start
        self.sequence = sequence
        self.stamp = stamp
        self.at = at
        self.way = way
        self.evidence = evidence
    }

    /// What was added in words, as it stands behind a name: ` (“ill”)`; empty for nothing.
    public var remark: String { comment.isEmpty ? "" : " (“\(comment)”)" }

    /// Whether it was said of the time at which the session is: who accepted another time has not answered.
    public func counts(for details: SessionDetails) -> Bool { start == details.start }

    /// Whether it is to be believed rather than another of the same person: one about a later revision is, and of two
    /// about the same that which was said later (RFC 5546 §2.1.5).
    public func supersedes(_ other: Answer) -> Bool { (sequence, stamp) > (other.sequence, other.stamp) }
}
