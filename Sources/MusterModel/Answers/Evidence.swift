/// How far it can be believed that somebody said what is said in their name.
public enum Evidence: String, CaseIterable, Hashable, Sendable, Codable {
    /// Nobody has reason to doubt it: the mail server vouches for it, or somebody heard it.
    case strong
    /// It is from the address at which the person is written to, and nothing speaks against it.
    case fair
    /// Something speaks against it: a person decides.
    case weak
}
