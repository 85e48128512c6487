import HummingbirdTLS
import NIOSSL

/// What a server proves itself with where nothing stands in front of it.
public struct ServerCertificate: Equatable, Sendable {
    private let chain: String
    private let key: String
    /// How a server speaks TLS with it.
    let configuration: TLSConfiguration

    /// A certificate.
    ///
    /// - Parameters:
    ///   - chain: it and those between it and an authority, as PEM.
    ///   - key: its private key, as PEM.
    /// - Throws: where that is no PEM, or the key belongs to another certificate.
    public init(chain: String, key: String) throws {
        (self.chain, self.key) = (chain, key)
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8))
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            _ = try NIOSSLContext(configuration: configuration)
            self.configuration = configuration
        } catch {
            throw WebServer.Failure(
                description: "the certificate and the key do not go together or are no PEM (\(error))")
        }
    }

    /// Whether both are the same text: a renewed one is another.
    public static func == (left: ServerCertificate, right: ServerCertificate) -> Bool {
        (left.chain, left.key) == (right.chain, right.key)
    }
}
