import CivilTime
import CurlTransport
import Foundation
import Mail
import MaildirTransport
import MusterDelivery
import MusterModel
import MusterProgramme
import MusterStore
import Transport

/// A config and its state, opened: the composition root of everything that muster does.
public struct Workspace: Sendable {
    /// Why nothing can be done with a config, as a sentence.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
        /// The exit code that fits it (sysexits).
        public let exitCode: Int32

        /// A failure with its sentence and exit code.
        public init(_ description: String, exitCode: Int32) {
            self.description = description
            self.exitCode = exitCode
        }
    }

    /// What the operator wrote.
    public let configuration: Configuration
    /// What the coordinators wrote.
    public let programme: Programme
    /// The state directory.
    public let stateDirectory: String
    /// The database.
    public let store: Store
    let templates: MessageTemplates
    /// The time, asked for whenever it matters.
    public let now: @Sendable () -> Instant

    /// Opens a config that has no errors, and its state.
    ///
    /// - Parameters:
    ///   - config: the config folder.
    ///   - state: the state directory; nil for what the unit (`$STATE_DIRECTORY`) or the config says.
    ///   - now: the time, whenever it matters.
    ///   - store: the database where it is open already; nil to open that of the state directory.
    /// - Throws: `Failure` where the config has errors; `StoreError` where the state cannot be opened.
    public init(config: String, state: String?, now: @escaping @Sendable () -> Instant, store: Store? = nil) throws {
        let check = ConfigCheck(config: config)
        let errors = check.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty, let templates = check.templates else {
            let shown = errors.prefix(20).map(\.description).joined(separator: "\n")
            throw Failure(
                "\(shown)\nThe config has \(Wording.count(errors.count, "error")); nothing was done. muster check shows them all.",
                exitCode: 78)
        }
        configuration = check.configuration.resolvingPaths { Self.path($0, from: config) }
        programme = check.programme
        stateDirectory =
            state ?? ProcessInfo.processInfo.environment["STATE_DIRECTORY"]
            ?? configuration.state
        self.store = try store ?? Store(directory: stateDirectory)
        self.templates = templates
        self.now = now
    }

    /// The organiser as a mailbox.
    var organiser: MailAddress {
        get throws {
            guard
                let address = MailAddress(name: configuration.organiser.name, address: configuration.organiser.address)
            else {
                throw Failure(
                    "muster.yaml: the organiser's address cannot be used; write one such as reviews@example.org",
                    exitCode: 78)
            }
            return address
        }
    }

    /// Takes the right to change plan, decisions and outbox; given back when the value is let go.
    public func lock() throws -> StateLock { try StateLock(directory: stateDirectory, name: "muster.lock") }

    /// Takes the right to send, so that nothing is sent twice at once; changes go on beside it.
    public func sendingLock() throws -> StateLock { try StateLock(directory: stateDirectory, name: "muster.send.lock") }

    /// The way on which mails leave.
    public func mailTransport() throws -> any MailTransport {
        switch configuration.mail {
        case .maildir(let directory): return MaildirTransport(directory: Self.path(directory, from: stateDirectory))
        case .smtp(let smtp):
            let login = try smtp.user.map { user in (user: user, password: try Secrets.read(smtp.password)) }
            return CurlMailTransport(
                CurlMailTransport.Configuration(
                    host: smtp.host, port: smtp.port,
                    security: CurlMailTransport.Security(rawValue: smtp.security) ?? .starttls,
                    login: login, authorities: smtp.authorities, timeout: smtp.timeout))
        }
    }

    /// Where mails go, for people to read.
    public var mailDestination: String {
        switch configuration.mail {
        case .maildir(let directory): Self.path(directory, from: stateDirectory) + "/new"
        case .smtp(let smtp): "\(smtp.host):\(smtp.port)"
        }
    }

    static func path(_ path: String, from directory: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let joined = URL(fileURLWithPath: directory, isDirectory: true).appending(path: path).standardizedFileURL.path
        return joined.hasSuffix("/") ? String(joined.dropLast()) : joined
    }
}

/// Reads secrets from where the config says they are.
enum Secrets {
    static func read(_ secret: Secret?) throws -> String {
        let path: String
        switch secret {
        case .credential(let name):
            guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] else {
                throw Workspace.Failure(
                    "credential:\(name) is given by systemd (LoadCredential=), and this program was not started by it; use file:PATH to run by hand",
                    exitCode: 78)
            }
            path = directory + "/" + name
        case .file(let file): path = file
        case nil: return ""
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Workspace.Failure(
                "the secret \(path) cannot be read; check that it is there and its rights", exitCode: 78)
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
