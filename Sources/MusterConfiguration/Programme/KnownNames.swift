import MusterModel

/// Finds what the config names; a name that nobody has is reported with the nearest one.
struct KnownNames {
    let schools: [SchoolID: School]
    let people: [PeopleReader.Entry]
    /// The first of each id among the people.
    private let places: [PersonID: Int]
    private let partnerships: [PartnershipID: Partnership]
    private let heads: [SchoolID: [PersonID]]

    init(schools: [SchoolID: School], people: [PeopleReader.Entry], partnerships: [Partnership]) {
        self.schools = schools
        self.people = people
        places = Dictionary(people.indices.map { (people[$0].person.id, $0) }) { first, _ in first }
        self.partnerships = Dictionary(partnerships.map { ($0.id, $0) }) { first, _ in first }
        heads = people.reduce(into: [:]) { heads, entry in
            guard let school = entry.person.school, entry.person.roles.contains("head") else { return }
            heads[school, default: []].append(entry.person.id)
        }
    }

    func school(_ node: ConfigNode) -> School? {
        guard let id = node.scalar, let school = schools[SchoolID(id)] else {
            let id = node.scalar ?? "…"
            node.error(
                "there is no school \"\(id)\" in schools.csv\(Suggestion.phrase(for: id, among: schools.keys.sorted()))",
                restingOn: .schools)
            return nil
        }
        return school
    }

    /// The ids of all people, in order.
    var ids: [PersonID] { places.keys.sorted() }

    func entry(of id: PersonID) -> PeopleReader.Entry? { places[id].map { people[$0] } }

    func person(_ node: ConfigNode) -> PersonID? {
        guard let id = node.scalar.map({ PersonID($0) }), places[id] != nil else {
            let id = node.scalar ?? "…"
            let near = Suggestion.nearest(to: id, among: ids.map(\.rawValue))
            let hint =
                near.flatMap { near in entry(of: PersonID(near)).map { "; did you mean \"\(near)\" (\($0.location))?" }
                }
                ?? ""
            node.error("there is no person \"\(id)\"\(hint)", restingOn: .people)
            return nil
        }
        return id
    }

    func partnership(_ node: ConfigNode) -> Partnership? {
        guard let id = node.scalar, let partnership = partnerships[PartnershipID(id)] else {
            let id = node.scalar ?? "…"
            node.error(
                "there is no partnership \"\(id)\"\(Suggestion.phrase(for: id, among: partnerships.keys.sorted()))",
                restingOn: .partnerships)
            return nil
        }
        return partnership
    }

    func region(_ node: ConfigNode) -> String? {
        let known = Set(schools.values.compactMap(\.region))
        guard let name = node.scalar, known.contains(name) else {
            let name = node.scalar ?? "…"
            node.error(
                "no school is in the region \"\(name)\"\(Suggestion.phrase(for: name, among: known.sorted()))",
                restingOn: .schools)
            return nil
        }
        return name
    }

    /// Those who speak for a school unless a cycle names others.
    func heads(of school: SchoolID) -> [PersonID] { (heads[school] ?? []).sorted() }
}
