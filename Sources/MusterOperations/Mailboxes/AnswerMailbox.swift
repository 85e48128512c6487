/// A mailbox on a server to which people answer.
public protocol AnswerMailbox: Sendable {
    /// Takes what is new in it, one mail at a time; each is moved away, or remembered, once what follows from it is kept.
    ///
    /// A mail that was taken before changes nothing again. One that the server does not give, or does not move, keeps no
    /// other waiting.
    ///
    /// - Returns: how many were taken.
    /// - Throws: the first thing that was refused, after all others have been done.
    func takeNew(into workspace: Workspace) async throws -> Int

    /// Waits until something may have come, at most so many seconds.
    ///
    /// - Returns: false where the server cannot tell of it by itself: then it is to be asked again.
    func wait(atMost seconds: Int) async throws -> Bool

    /// Ends the connection in order.
    func close() async
}
