/// Where a track stands: the start of each stage and the people of each role, by index.
struct Placement: Equatable {
    var starts: [Int]
    var team: [[Int]]

    /// Everyone who fills a role.
    var members: [Int] { team.flatMap { $0 } }
}
