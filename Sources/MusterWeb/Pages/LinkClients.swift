import CivilTime
import Hummingbird
import MusterModel
import Synchronization

/// Who opens people's links: a program that looks at the mails of a whole school opens those of several people, and
/// presses their buttons; a person opens their own, and at most that of somebody beside them.
final class LinkClients: Sendable {
    /// From so many people on it is a program.
    private static let several = 3
    /// Seconds for which a visit counts.
    private static let memory = 60
    private static let forwarded = HTTPFields.Element.Name("X-Forwarded-For") ?? .via

    private struct Visit {
        let person: PersonID
        let at: Instant
    }

    private let visits = Mutex<[String: [Visit]]>([:])

    /// Counts that somebody's link is opened; true where the same client opened those of several people just now.
    ///
    /// A web server in front says whose request it is; where none does, clients cannot be told apart, and nobody is taken
    /// for a program.
    func isProgram(_ request: Request, opening person: PersonID, at now: Instant) -> Bool {
        // The last address is the one that the web server has seen itself.
        guard let address = request.headers[Self.forwarded]?.split(separator: ",").last else { return false }
        let client = "\(address) \(request.headers[.userAgent] ?? "")"
        return visits.withLock { visits in
            visits = visits.compactMapValues { list in
                let recent = list.filter { now - $0.at < Self.memory && $0.at <= now }
                return recent.isEmpty ? nil : recent
            }
            visits[client, default: []].removeAll { $0.person == person }
            visits[client, default: []].append(Visit(person: person, at: now))
            return visits[client, default: []].count >= Self.several
        }
    }
}
