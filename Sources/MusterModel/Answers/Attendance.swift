/// Who comes to a session, as far as people have said: of those who are asked, by what they answered about its time.
public struct Attendance: Sendable {
    /// Each of those who are asked, with the answer that counts; nil for none.
    public let answers: [(participant: SessionDetails.Participant, answer: Answer?)]

    /// Who comes to a session.
    public init(_ details: SessionDetails, _ answers: [Answer]) {
        self.answers = details.participants.map { participant in
            (participant, answers.first { $0.person == participant.person && $0.counts(for: details) })
        }
    }

    /// Those who answered so, in order.
    public func people(_ status: Answer.Status?) -> [SessionDetails.Participant] {
        answers.filter { $0.answer?.status == status }.map(\.participant)
    }

    /// `2 of 4 accepted, 1 declined`; empty where nobody has answered.
    public var summary: String {
        let counts = Answer.Status.allCases.map { ($0, people($0).count) }
        guard counts.contains(where: { $0.1 > 0 }) else { return "" }
        let accepted = "\(people(.accepted).count) of \(answers.count) accepted"
        return ([accepted] + counts.filter { $0.0 != .accepted && $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" })
            .joined(separator: ", ")
    }

    /// `Ann Marsh and Kerry O'Neill come; Jay Patel does not ("ill"); Mo Khan has not answered`, with the number alone
    /// where many have not; nil where nobody has.
    public var sentence: String? {
        guard answers.contains(where: { $0.answer != nil }) else { return nil }
        let parts = Answer.Status.allCases.compactMap { status -> String? in
            let group = answers.filter { $0.answer?.status == status }
            guard !group.isEmpty else { return nil }
            let names = group.map { $0.participant.name + ($0.answer?.remark ?? "") }
            return "\(Wording.list(names)) \(status.verb(group.count))"
        }
        let silent = people(nil)
        guard !silent.isEmpty else { return parts.joined(separator: "; ") }
        let names = silent.count > 5 ? "\(silent.count) others" : Wording.list(silent.map(\.name))
        return (parts + ["\(names) \(silent.count == 1 ? "has" : "have") not answered"]).joined(separator: "; ")
    }
}

extension Answer.Status {
    /// `comes`, `do not come`: what so many people do who answered so.
    public func verb(_ count: Int = 1) -> String {
        switch self {
        case .accepted: count == 1 ? "comes" : "come"
        case .declined: count == 1 ? "does not come" : "do not come"
        case .tentative: "may come"
        }
    }
}
