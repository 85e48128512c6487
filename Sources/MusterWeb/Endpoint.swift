import MusterModel
import Systemd

/// Where a server is found, and what it proves itself with.
public struct Endpoint: Equatable, Sendable {
    /// Its address.
    public let address: ListenAddress
    /// Nil where a server in front speaks https, or nobody else asks.
    public let certificate: ServerCertificate?
    /// The socket, where it is open already.
    public let socket: ListenSocket?

    /// An endpoint.
    public init(address: ListenAddress, certificate: ServerCertificate? = nil, socket: ListenSocket? = nil) {
        (self.address, self.certificate, self.socket) = (address, certificate, socket)
    }
}
