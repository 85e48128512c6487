extension State {
    /// The team so far, as far as the choice of one more person depends on it.
    struct Beside {
        let role: Int
        let people: [Int]
        let schools: [Int]
        /// Whether somebody with the theme is still missed.
        let lacksTheme: Bool
        /// Whether somebody from outside is still missed.
        let lacksOutside: Bool
    }

    /// What the choice of one more person for a role depends on; seats that nobody fills yet hold -1.
    func beside(_ track: Instance.Track, role: Int, team: [Int]) -> Beside {
        let people = team.filter { $0 >= 0 }
        return Beside(
            role: role, people: people, schools: people.map { instance.people[$0].school }.filter { $0 >= 0 },
            lacksTheme: track.theme >= 0 && !people.contains { instance.people[$0].themes.contains(track.theme) },
            lacksOutside: track.wantsOutside && people.allSatisfy { instance.people[$0].region == track.region })
    }

    /// What somebody adds to a team beside the times: load, balance, theme, outside, repeat, reciprocal and swap; nil
    /// where they have enough tracks or their school is in the team already.
    func marginalCost(_ person: Int, track: Instance.Track, beside: Beside) -> Float? {
        let weights = instance.weights
        let data = instance.people[person]
        guard hasCapacity(person, for: track), !isTaken(person, apartFrom: track) else { return nil }
        let isCounted = track.formerTeam.contains(person)
        var cost = isCounted ? 0 : weights.load * (2 * trackCounts[person] + 1)
        if data.school >= 0 {
            let colleagues = beside.schools.reduce(0) { $0 + ($1 == data.school ? 1 : 0) }
            guard !(track.distinctSchools && colleagues > 0) else { return nil }
            if !isCounted { cost += weights.balance * (2 * (seats[data.school] + colleagues) + 1) }
            if track.school >= 0, colleagues == 0, visits(to: data.school, from: track.school) > 0,
                visits(to: track.school, from: data.school) == 0
            {
                cost += weights.reciprocal
            }
        }
        if beside.lacksTheme, data.themes.contains(track.theme) { cost -= weights.theme }
        if beside.lacksOutside, data.region != track.region { cost -= weights.outside }
        if track.previous.contains(person) { cost += weights.repeats }
        if track.publishedTeam.contains(where: { $0.role == beside.role && $0.person == person }) {
            cost -= weights.swap
        }
        return Float(cost)
    }
}
