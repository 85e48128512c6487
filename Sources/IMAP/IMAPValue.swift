/// One value of what an IMAP server says (RFC 3501 §4).
public enum IMAPValue: Hashable, Sendable {
    /// A word or a number.
    case atom(String)
    /// A quoted string or a literal.
    case string([UInt8])
    /// Values in parentheses.
    case list([IMAPValue])

    /// The word, in upper case; nil for anything else.
    var word: String? { if case .atom(let text) = self { text.uppercased() } else { nil } }

    /// The number; nil for anything else.
    var number: Int? { if case .atom(let text) = self { Int(text) } else { nil } }

    /// The values in it; none for anything else.
    var values: [IMAPValue] { if case .list(let values) = self { values } else { [] } }
}

/// One thing that an IMAP server says.
public enum IMAPResponse: Hashable, Sendable {
    /// How a command went, or how things are, with a code in brackets and words for people (RFC 3501 §7.1).
    case status(IMAPStatus)
    /// Facts: `12 EXISTS`, `12 FETCH (…)`, `SEARCH 1 2 3`.
    case data([IMAPValue])
    /// It waits for more of the command.
    case goOn
}

/// How a command went, or how things are.
public struct IMAPStatus: Hashable, Sendable {
    /// What it says.
    public enum Kind: String, Hashable, Sendable {
        /// It was done, or is so.
        case ok = "OK"
        /// It was not done.
        case no = "NO"
        /// It was not understood.
        case bad = "BAD"
        /// The server ends the connection.
        case bye = "BYE"
        /// Whoever connects is signed in already.
        case preauthenticated = "PREAUTH"
    }

    /// What it says.
    public let kind: Kind
    /// The name of the command; nil where it is about none.
    public let tag: String?
    /// `UIDVALIDITY 7`, `TRYCREATE`; empty for none.
    public let code: String
    /// For people.
    public let text: String

    /// How it went; every field as described there.
    public init(kind: Kind, tag: String?, code: String, text: String) {
        self.kind = kind
        self.tag = tag
        self.code = code
        self.text = text
    }
}
