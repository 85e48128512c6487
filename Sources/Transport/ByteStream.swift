/// A connection that carries bytes both ways.
public protocol ByteStream: Sendable {
    /// Sends all of them.
    func send(_ bytes: [UInt8]) async throws(TransportError)

    /// The next bytes that come; none where nothing comes within so many seconds.
    ///
    /// - Throws: `TransportError` of the kind `broken` where the other side has closed the connection.
    func receive(within seconds: Int) async throws(TransportError) -> [UInt8]

    /// Closes it; what comes after that is not read.
    func close() async
}
