/// A mailbox on a server to which people answer.
public protocol AnswerMailbox: Sendable {
    /// Takes what is new in it, one mail at a time; each is moved away, or remembered, once what follows from it is kept.
    ///
    /// A mail that was taken before changes nothing again.
    ///
    /// - Returns: how many were taken.
    func takeNew(into workspace: Workspace) async throws -> Int

    /// Waits until something may have come, at most so many seconds.
    ///
    /// - Returns: false where the server cannot tell of it by itself: then it is to be asked again.
    func wait(atMost seconds: Int) async throws -> Bool

    /// Ends the connection in order.
    func close() async
}
