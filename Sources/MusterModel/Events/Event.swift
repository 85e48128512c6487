import CivilTime

/// Something that happened: with ids, times and roles, never with names or addresses of people.
///
/// The log keeps it, in the transaction of what it tells; webhooks, digests and the history are made of it.
public struct Event: Sendable {
    /// What happened.
    public var kind: EventKind
    /// When.
    public var at: Instant
    /// The id of what it is about, such as a session; empty where it is about nothing in particular.
    public var subject: String
    /// The `UID` of the session: events of one session arrive in order.
    public var uid: String
    /// The data for programs.
    public var data: any Encodable & Sendable
    /// What happened, for people.
    public var title: String
    /// More of it, for people.
    public var facts: [(name: String, value: String)]
    /// Who did it: somebody's name on this machine, or muster itself.
    public var actor: String
    /// How many people are written to because of it.
    public var told = 0

    /// The title with the facts.
    public var sentence: String {
        facts.isEmpty ? title : title + " (" + facts.map { "\($0.name): \($0.value)" }.joined(separator: "; ") + ")"
    }

    /// The actor of what nobody asked for.
    public static let muster = "muster"

    /// Something that happened; every field as described there.
    public init(
        kind: EventKind, at now: Instant, subject: String = "", uid: String = "", data: any Encodable & Sendable,
        title: String, facts: [(name: String, value: String)] = [], actor: String = Event.muster
    ) {
        self.kind = kind
        at = now
        self.subject = subject
        self.uid = uid
        self.data = data
        self.title = title
        self.facts = facts
        self.actor = actor
    }
}

/// An event as the log has it.
public struct LoggedEvent: Codable, Hashable, Sendable {
    /// Its number, from 1, in the order of what happened.
    public var number: Int
    /// What happened: the name of an `EventKind`, perhaps of a version to come.
    public var kind: String
    /// When.
    public var at: Instant
    /// The id of what it is about; empty for nothing in particular.
    public var subject: String
    /// What happened, for people.
    public var title: String
    /// Who did it.
    public var actor: String
    /// How many people were written to because of it.
    public var told: Int

    /// An event of the log; every field as described there.
    public init(number: Int, kind: String, at: Instant, subject: String, title: String, actor: String, told: Int) {
        self.number = number
        self.kind = kind
        self.at = at
        self.subject = subject
        self.title = title
        self.actor = actor
        self.told = told
    }
}
