import MusterModel
import MusterStore

/// Recognises people who have another address now, where their address is their id.
///
/// Who had the same name at the same school, and is gone under the old address, is the same person: otherwise somebody
/// would take the place of themselves, and hosts would be told so.
enum FormerIDs {
    /// The id that each of these people was known by, by the one that the config gives now.
    static func known(to store: Store, of programme: Programme) throws(StoreError) -> [PersonID: PersonID] {
        let known = try store.inviteesKnownByAddress()
        guard !known.isEmpty else { return [:] }
        let added = programme.people.filter { $0.id.rawValue == $0.address.lowercased() && !known.contains($0.id) }
        guard !added.isEmpty else { return [:] }
        var gone: [SessionDetails.Participant] = []
        for id in known.sorted() where programme.person(id) == nil {
            gone += try store.sessions(of: id).last?.participants.filter { $0.person == id } ?? []
        }
        let byName = Dictionary(grouping: added) {
            Key(name: $0.name, school: $0.school.flatMap(programme.school)?.name)
        }
        let goneByName = Dictionary(grouping: gone) { Key(name: $0.name, school: $0.school) }
        return goneByName.reduce(into: [:]) { ids, entry in
            guard entry.value.count == 1, let now = byName[entry.key], now.count == 1 else { return }
            ids[now[0].id] = entry.value[0].person
        }
    }

    private struct Key: Hashable {
        let name: NameKey
        let school: String?

        init(name: String, school: String?) {
            self.name = NameKey(name)
            self.school = school
        }
    }
}
