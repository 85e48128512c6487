/// Where a track stands: the start of each stage and the person in each seat, by index.
struct Placement: Equatable, Sendable {
    var starts: [Int]
    /// In the order of the track's seats.
    var people: [Int]
}
