/// Who may fill the roles of each track, whatever they are busy with.
struct Candidates: Sendable {
    /// Above so many, a part of them is looked at for each role, drawn once at random: the best of two hundred are as
    /// good as the best of ten thousand, and a national programme has that many.
    private static let most = 600
    private static let drawn = 200

    private let instance: Instance
    /// People by role and region.
    private var byRegion: [Pair: [Int]] = [:]

    private struct Pair: Hashable {
        let role: Int
        let region: Int
    }

    init(_ instance: Instance) {
        self.instance = instance
        for (index, person) in instance.people.enumerated() {
            for role in person.qualifications {
                byRegion[Pair(role: role, region: person.region), default: []].append(index)
            }
        }
    }

    /// The people who may fill each role of a track; those who are published in it are always among them.
    func candidates(_ index: Int) -> [[Int]] {
        let track = instance.tracks[index]
        return track.roles.indices.map { number in
            let role = track.roles[number]
            let isInPerson = role.stages.contains { track.stages[$0].isInPerson }
            let pool = isInPerson ? byRegion[Pair(role: role.id, region: track.region)] : instance.holders[role.id]
            guard let pool else { return [] }
            let able = { person in
                instance.roleObstacle(track, role: number, person: person, ignoringQualification: true) == nil
            }
            guard pool.count > Self.most else { return pool.filter(able) }
            var random = RandomSource(seed: index * 31 + number)
            let published = track.publishedTeam.filter { $0.role == number }.map(\.person).filter {
                pool.binarySearch($0) && able($0)
            }
            var drawn = published
            // A stride that shares no factor with a pool's size meets everybody once.
            let first = random.next(below: pool.count)
            let stride = pool.count.isMultiple(of: 7919) ? 7907 : 7919
            for step in 0..<pool.count where drawn.count < Self.drawn {
                let person = pool[(first + step * stride) % pool.count]
                if able(person), !published.contains(person) { drawn.append(person) }
            }
            return drawn.sorted()
        }
    }
}
