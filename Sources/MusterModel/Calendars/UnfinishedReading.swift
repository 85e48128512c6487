import CivilTime

/// That the program ended while it read a calendar.
public struct UnfinishedReading: Hashable, Sendable {
    /// When the last of these readings began.
    public var begun: Instant
    /// How many of them there were, one after the other.
    public var count: Int

    /// Readings that did not end; every field as described there.
    public init(begun: Instant, count: Int) {
        self.begun = begun
        self.count = count
    }
}
