/// What would make an unscheduled track fit, enough alone, with the placement that it makes possible.
public struct Repair: Hashable, Sendable {
    /// One thing that would have to be wider; without it the placement breaks a rule.
    public enum Relaxation: Hashable, Sendable {
        /// The person would have to be free in these slots.
        case free(person: String, from: Int, to: Int)
        /// The stage would have to be allowed inside this window.
        case window(stage: String, SlotRange)
        /// The stage would have to be allowed at these distances from the one before.
        case gap(stage: String, SlotRange)
        /// The stage would have to be allowed on that day.
        case day(stage: String, Int)
        /// The person could do so much.
        case personLimit(person: String, limit: String, value: Int)
        /// So many of the school could be out on one day.
        case schoolLimit(school: String, value: Int)
        /// The room could hold so many sessions in these slots.
        case room(String, from: Int, to: Int, capacity: Int)
        /// The person could fill the role.
        case qualify(person: String, role: String)
    }

    /// Everything that would have to be wider, at most three things.
    public let relaxations: [Relaxation]
    /// The start of each stage.
    public let starts: [String: Int]
    /// The people of each role.
    public let team: [String: [String]]
}

extension Repair.Relaxation {
    /// How far it goes: slots, days or people.
    func size(in problem: Problem) -> Int {
        switch self {
        case .free(_, let from, let to): to - from
        case .room(_, let from, let to, _): to - from
        case .window, .gap: 1
        case .day, .qualify, .personLimit, .schoolLimit: 1
        }
    }
}
