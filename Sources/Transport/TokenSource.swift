/// Gives tokens that say who we are, and fetches new ones before they run out.
public protocol TokenSource: Sendable {
    /// A token that is good now.
    func token() async throws(TransportError) -> String

    /// A token was refused: the next one must be a new one.
    func discard(_ token: String) async
}
