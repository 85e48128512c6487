import CivilTime

extension SessionDetails {
    /// What changed from these details to newer ones, in words for those who come to the session.
    ///
    /// - Parameter reader: whose clocks the times are told by; nil for the session's.
    public func changes(to new: SessionDetails, for reader: Participant? = nil) -> [String] {
        let known = Set(participants.map(\.person))
        let now = Set(new.participants.map(\.person))
        return ChangeSentences.sentences(
            from: self, to: new, zone: reader?.zone ?? new.zone,
            joined: new.participants.filter { !known.contains($0.person) },
            left: participants.filter { !now.contains($0.person) })
    }

    /// The details as one participant sees them: alone, where others are not shown.
    public func seen(by participant: Participant) -> SessionDetails {
        guard !showsParticipants else { return self }
        var copy = self
        copy.participants = participants.filter { $0.address.lowercased() == participant.address.lowercased() }
        return copy
    }

    /// Whether a participant sees no difference; an address that was corrected is nothing to tell the others.
    public func looks(like other: SessionDetails, to participant: Participant) -> Bool {
        func shown(_ details: SessionDetails) -> (SessionDetails, [[String?]]) {
            var copy = details.seen(by: participant)
            let people = copy.participants.map { [$0.person, $0.name, $0.role, $0.school] }
            copy.participants = []
            return (copy, people)
        }
        return shown(self) == shown(other)
    }
}

enum ChangeSentences {
    static func sentences(
        from old: SessionDetails, to new: SessionDetails, zone: String, joined: [SessionDetails.Participant],
        left: [SessionDetails.Participant]
    ) -> [String] {
        var sentences: [String] = []
        let zone = TimeZoneDatabase.system[zone] ?? .utc
        if old.start != new.start || old.end != new.end {
            let (from, to) = (zone.local(old.start), zone.local(new.start))
            sentences.append(
                from.date == to.date
                    ? "New time: \(to.time) to \(zone.local(new.end).time) (it was \(from.time) to \(zone.local(old.end).time)) on \(Wording.day(to.date))."
                    : "New date: moved from \(Wording.day(from.date)), \(from.time), to \(Wording.day(to.date)), \(to.time)."
            )
        }
        if new.showsParticipants { sentences += people(joined: joined, left: left) }
        if old.link != new.link, let link = new.link { sentences.append("New address to join at: \(link)") }
        if old.place != new.place, let place = new.place { sentences.append("New place: \(place).") }
        if old.question != new.question, let question = new.question {
            sentences.append("The key enquiry question now reads: “\(question)”")
        }
        if old.isOpen != new.isOpen {
            sentences.append(
                "Colleagues who may look into your calendar can read "
                    + (new.isOpen ? "what it is about again." : "only that you are busy then."))
        }
        if sentences.isEmpty, joined.isEmpty, left.isEmpty {
            sentences.append("Please rely on this: it takes the place of what you were told before.")
        }
        return sentences
    }

    private static func people(
        joined: [SessionDetails.Participant], left: [SessionDetails.Participant]
    ) -> [String] {
        var joined = joined
        var sentences: [String] = []
        for leaving in left {
            if let index = joined.firstIndex(where: { $0.role == leaving.role }) {
                sentences.append(
                    "\(joined[index].name) takes the place of \(leaving.name) (\(Wording.role(leaving.role))).")
                joined.remove(at: index)
            } else {
                sentences.append("\(leaving.name) no longer takes part.")
            }
        }
        return sentences + joined.map { "\($0.name) joins (\(Wording.role($0.role)))." }
    }
}
