import MusterConfiguration
import MusterModel
import MusterStore

extension Workspace {
    /// What names this programme: who organises it, and its partnerships.
    var owner: StateOwner {
        StateOwner(
            organiser: configuration.organiser.address, partnerships: programme.partnerships.map(\.id.rawValue).sorted()
        )
    }

    /// Refuses a state of another programme: everybody of that one would be told that their sessions are cancelled.
    ///
    /// A programme may change its organiser or its partnerships, but hardly both at once.
    func checkOwner() throws {
        guard let known = try store.owner(), known.organiser.lowercased() != owner.organiser.lowercased(),
            Set(known.partnerships).isDisjoint(with: owner.partnerships)
        else { return }
        throw Failure(
            "\(stateDirectory) is the state of another programme (organised by \(known.organiser), with \(Wording.list(known.partnerships))); name this one's with --state or \"state\" in muster.yaml.",
            exitCode: 78)
    }
}
