import Crypto
import Foundation
import TextEncodings
import Transport
import XML

/// A BigBlueButton server, asked over its API (version 2.4 or later, which knows roles without passwords).
///
/// Every call is signed: the server takes it as coming from whoever has its shared secret.
public struct BigBlueButtonServer: Sendable {
    /// Why a server did not do what it was asked, as the end of a sentence about it.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The rest of the sentence.
        public let description: String
    }

    /// A meeting to be held.
    public struct Meeting: Sendable {
        /// A name that nobody can guess, the same for every call.
        public var id: String
        /// What people read.
        public var name: String
        /// Where browsers go when it is over.
        public var logoutAddress: String

        /// A meeting.
        public init(id: String, name: String, logoutAddress: String) {
            self.id = id
            self.name = name
            self.logoutAddress = logoutAddress
        }
    }

    /// What somebody may do in a meeting.
    public enum Role: String, Sendable {
        /// Lets others in, and leads.
        case moderator = "MODERATOR"
        /// Waits in the lobby until a moderator lets them in.
        case viewer = "VIEWER"
    }

    private static let longestAnswer = 64 << 10

    private let address: String
    private let secret: String
    private let transport: any HTTPTransport
    private let timeout: Int

    /// A server.
    ///
    /// - Parameters:
    ///   - address: as `bbb-conf --secret` prints it, `https://bbb.example/bigbluebutton`.
    ///   - timeout: seconds that a call may take.
    public init(address: String, secret: String, transport: any HTTPTransport, timeout: Int = 10) {
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.secret = secret
        self.transport = transport
        self.timeout = timeout
    }

    /// Opens a meeting with a lobby, in which nothing can be recorded; one that is open already stays as it is.
    ///
    /// - Throws: `Failure` where the server refuses, or says nothing that can be understood.
    public func create(_ meeting: Meeting) async throws(Failure) {
        let answer = try await ask(
            "create",
            [
                ("name", meeting.name), ("meetingID", meeting.id), ("record", "false"),
                ("autoStartRecording", "false"), ("allowStartStopRecording", "false"),
                ("guestPolicy", "ASK_MODERATOR"), ("logoutURL", meeting.logoutAddress),
            ])
        // Two moderators come at once, or a program was killed between the answer and the next step.
        guard answer.isSuccess || answer.key == "idNotUnique" else { throw answer.failure }
    }

    /// Whether a meeting is open, and somebody is in it.
    ///
    /// - Throws: `Failure` as `create`.
    public func isRunning(_ id: String) async throws(Failure) -> Bool {
        let answer = try await ask("isMeetingRunning", [("meetingID", id)])
        guard answer.isSuccess else { throw answer.failure }
        return answer.root[Element.Name(local: "running")]?.words == "true"
    }

    /// The address at which one person's browser enters a meeting; whoever has it can enter under that name.
    public func joinAddress(_ id: String, name: String, as role: Role) -> String {
        signed(
            "join",
            [
                ("fullName", name), ("meetingID", id), ("role", role.rawValue),
                ("guest", role == .viewer ? "true" : "false"), ("redirect", "true"),
            ])
    }

    /// The address of a call, with the checksum of it and the secret at its end.
    func signed(_ call: String, _ parameters: [(name: String, value: String)]) -> String {
        let query = parameters.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        let checksum = SHA256.hash(data: Data((call + query + secret).utf8)).hexadecimal
        return "\(address)/api/\(call)?\(query)\(query.isEmpty ? "" : "&")checksum=\(checksum)"
    }

    private static func escaped(_ value: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return value.utf8.map { byte in
            plain.contains(byte) ? String(UnicodeScalar(byte)) : "%" + [byte].hexadecimal.uppercased()
        }.joined()
    }

    private struct Answer {
        let root: Element
        var isSuccess: Bool { root[Element.Name(local: "returncode")]?.words == "SUCCESS" }
        var key: String? { root[Element.Name(local: "messageKey")]?.words }

        var failure: Failure {
            let words = root[Element.Name(local: "message")]?.words ?? key ?? "no reason was given"
            return Failure(description: "refused: \(words.prefix(200))")
        }
    }

    private func ask(_ call: String, _ parameters: [(name: String, value: String)]) async throws(Failure) -> Answer {
        let request = HTTPRequest(
            url: signed(call, parameters), maximumBytes: Self.longestAnswer, timeout: timeout)
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw Failure(description: "could not be asked: \(error)")
        }
        guard response.status == 200 else { throw Failure(description: "answered with status \(response.status)") }
        guard let root = Element(document: response.body, most: 1000), root.name.local == "response" else {
            throw Failure(description: "answered with something that is no answer of BigBlueButton")
        }
        return Answer(root: root)
    }
}
