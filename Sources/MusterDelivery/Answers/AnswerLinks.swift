import Crypto
import Foundation
import MusterModel
import TextEncodings

/// Addresses of pages on which one person answers for one session.
///
/// Each follows from the session, the person and a key of the state, so it is the same in every mail, nothing is kept of
/// it, and nobody finds another's. It is of use until the session begins.
public struct AnswerLinks: Sendable {
    /// Bytes of the proof.
    private static let length = 20
    /// Digits that name the session: the part of its `UID` before the `@`.
    private static let nameLength = 32

    private let address: String
    private let key: SymmetricKey
    private let generations: [PersonID: Int]

    /// Links below an address, `https://reviews.example`, which has no slash at its end.
    ///
    /// - Parameter generations: how often those of a person were taken back, where they ever were.
    public init(address: String, key: [UInt8], generations: [PersonID: Int] = [:]) {
        self.address = address
        self.key = SymmetricKey(data: key)
        self.generations = generations
    }

    /// The address for a person; nil for a session whose `UID` is none of ours.
    public func address(uid: String, person: PersonID) -> String? {
        token(uid: uid, person: person).map { "\(address)/answer/\($0)" }
    }

    /// What else a person is asked by an address of their own, beside whether they come to a session.
    public enum Purpose: Sendable {
        /// What they choose in a poll, by its id.
        case poll(PollID)
        /// How the session with that `UID` was.
        case feedback(uid: String)
        /// Whether what is due beside the session with that `UID` is done.
        case deadline(String, uid: String)
        /// To come into the room of the session with that `UID`.
        case room(uid: String)
        /// Who was at the session with that `UID`.
        case attendance(uid: String)
        /// Whether they could take a seat at the session with that `UID`.
        case standIn(uid: String)

        /// What takes the place of a `UID` in the proof: an address for one purpose is of no use for another.
        public var uid: String {
            func name(_ uid: String) -> Substring { uid.prefix { $0 != "@" } }
            return switch self {
            case .poll(let id):
                SHA256.hash(data: Data("poll\n\(id)".utf8)).prefix(nameLength / 2).hexadecimal + "@poll"
            case .feedback(let uid): name(uid) + "@feedback"
            case .deadline(let id, let uid): name(uid) + "@done/" + id
            case .room(let uid): name(uid) + "@room"
            case .attendance(let uid): name(uid) + "@attendance"
            case .standIn(let uid): name(uid) + "@step-in"
            }
        }

        /// The folder of its pages.
        fileprivate var folder: String {
            switch self {
            case .poll: "poll"
            case .feedback: "feedback"
            case .deadline: "done"
            case .room: "room"
            case .attendance: "attendance"
            case .standIn: "step-in"
            }
        }
    }

    /// The session as one person is told of it: to a room that is opened through our pages each has an address of their
    /// own, so that who leads is known.
    public func personal(_ session: PublishedSession, for person: PersonID) -> PublishedSession {
        guard let link = session.details.link, link.hasPrefix(Room.linkStart(address)),
            let own = self.address(.room(uid: session.uid), person: person)
        else { return session }
        var session = session
        session.details.link = own
        return session
    }

    /// The address at which a person is asked something; nil for a session whose `UID` is none of ours.
    public func address(_ purpose: Purpose, person: PersonID) -> String? {
        token(uid: purpose.uid, person: person).map { "\(address)/\(purpose.folder)/\($0)" }
    }

    /// The end of an address; nil for a session whose `UID` is none of ours.
    public func token(uid: String, person: PersonID) -> String? {
        let name = uid.prefix { $0 != "@" }
        guard name.utf8.count == Self.nameLength, name.utf8.allSatisfy(Self.isDigit) else { return nil }
        return name + proof(uid, person).hexadecimal
    }

    /// The beginning of the `UID` that the end of an address names, up to the `@`; nil for what is no such end.
    public static func sessionName(in token: some StringProtocol) -> String? {
        guard token.utf8.count == nameLength + 2 * length, token.utf8.allSatisfy(isDigit) else { return nil }
        return token.prefix(nameLength) + "@"
    }

    /// Whether the end of an address is that of a person for a session.
    public func isValid(_ token: some StringProtocol, uid: String, person: PersonID) -> Bool {
        // As long for a wrong one as for a right one.
        let given = Array(token.dropFirst(Self.nameLength).utf8)
        let known = Array(proof(uid, person).hexadecimal.utf8)
        guard given.count == known.count else { return false }
        return zip(given, known).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func proof(_ uid: String, _ person: PersonID) -> some Sequence<UInt8> {
        HMAC<SHA256>.authenticationCode(
            for: Data("answer\n\(uid)\n\(person)\n\(generations[person] ?? 0)".utf8), using: key
        ).prefix(Self.length)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
