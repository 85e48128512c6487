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

    /// What of these details newer ones have otherwise, in words that name nobody and show no address.
    public func changedAspects(in new: SessionDetails) -> [String] {
        let aspects: [(name: String, isChanged: Bool)] = [
            ("time", start != new.start || end != new.end), ("people", parts != new.parts),
            ("form", mode != new.mode), ("place", place != new.place), ("address to join at", link != new.link),
            ("name", stage != new.stage || host != new.host), ("purpose", purpose != new.purpose),
            ("question", question != new.question || isQuestionAgreed != new.isQuestionAgreed),
            ("checklist", checklist != new.checklist),
            ("organiser", isOfAnotherOrganiser(than: new)),
        ]
        return aspects.filter(\.isChanged).map(\.name)
    }

    /// Whether somebody runs it: it is a training event of theirs.
    public func isRun(by participant: Participant) -> Bool { host == nil && participant.role == Duty.trainer }

    /// The details as one participant sees them: alone, where others are not shown.
    public func seen(by participant: Participant) -> SessionDetails {
        guard !showsParticipants else { return self }
        var copy = self
        copy.participants = participants.filter { $0.address.lowercased() == participant.address.lowercased() }
        return copy
    }

    /// The details as those read them who need not have a place: where there are few, whoever is invited is told where to
    /// join with their place.
    public func withheld(from participant: Participant) -> SessionDetails {
        guard places != nil, participant.role == Duty.invited else { return self }
        var copy = self
        copy.link = nil
        return copy
    }

    /// Whether those who stay need to be told of no difference; an address or a name that was corrected is nothing to
    /// tell the others.
    public func looks(like other: SessionDetails) -> Bool {
        told == other.told && !isOfAnotherOrganiser(than: other)
            && (!showsParticipants || !other.showsParticipants || parts == other.parts)
    }

    /// The details without people, and without what nobody needs to be told: alarms, headings, who answers questions.
    var told: SessionDetails {
        var copy = self
        copy.participants = []
        copy.showsParticipants = true
        copy.alarms = []
        copy.places = nil
        copy.dates = nil
        copy.allowsProposals = nil
        copy.contact = nil
        copy.partnership = ""
        copy.cycle = ""
        copy.visibility = isOpen ? nil : .private
        copy.organiser = nil
        copy.answerDays = nil
        return copy
    }

    /// The details with what nobody is told of as it is in newer ones, and with what an earlier version did not keep.
    func filledIn(from new: SessionDetails) -> SessionDetails {
        var copy = self
        copy.organiser = organiser ?? new.organiser
        copy.answerDays = new.answerDays
        return copy
    }

    /// Whether answers go to another address; what an earlier version kept says nothing of it.
    func isOfAnotherOrganiser(than other: SessionDetails) -> Bool {
        guard let organiser, let known = other.organiser else { return false }
        return organiser.lowercased() != known.lowercased()
    }

    /// Who comes, and as what.
    var parts: Set<[String]> { Set(participants.map { [$0.person.rawValue, $0.role] }) }
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
        if new.showsParticipants { sentences += people(joined: joined, left: left) + roles(from: old, to: new) }
        sentences += place(from: old, to: new) + contents(from: old, to: new)
        if old.isOpen != new.isOpen {
            sentences.append(
                "Colleagues who may look into your calendar can read "
                    + (new.isOpen ? "what it is about again." : "only that you are busy then."))
        }
        if let organiser = new.organiser, new.isOfAnotherOrganiser(than: old) {
            sentences.append("We write to you from \(organiser) now; please answer there.")
        }
        if sentences.isEmpty, joined.isEmpty, left.isEmpty {
            sentences.append(
                old.told == new.told
                    ? "Nothing that anybody needs to know."
                    : "Please rely on this: it takes the place of what you were told before.")
        }
        return sentences
    }

    private static func place(from old: SessionDetails, to new: SessionDetails) -> [String] {
        var sentences: [String] = []
        if old.mode != new.mode {
            switch new.mode {
            case .online: sentences.append("It is online now; nobody needs to travel.")
            case .inPerson: sentences.append("It is in person now, and not online.")
            case .blended: sentences.append("You can come in person or join online now.")
            }
        }
        if old.link != new.link {
            sentences.append(
                new.link.map { "New address to join at: \($0)" }
                    ?? "The address to join at that you had is no longer right.")
        }
        if let place = new.place, old.place != place {
            sentences.append("New place: \(place).")
        } else if let place = old.place, new.place == nil, old.mode == new.mode {
            sentences.append("It is not at \(place) any more.")
        }
        if old.zone != new.zone { sentences.append("Its times are those of \(Wording.zone(new.zone)) now.") }
        return sentences
    }

    private static func contents(from old: SessionDetails, to new: SessionDetails) -> [String] {
        var sentences: [String] = []
        if old.stage != new.stage { sentences.append("It is called “\(new.stage)” now (it was “\(old.stage)”).") }
        if old.host != new.host {
            sentences.append(new.host.map { "The school is \($0)." } ?? "It is not about one school any more.")
        }
        if old.purpose != new.purpose {
            sentences.append(
                new.purpose.isEmpty ? "It has no purpose of its own any more." : "Purpose: \(new.purpose).")
        }
        if old.question != new.question || old.isQuestionAgreed != new.isQuestionAgreed {
            let what =
                new.isQuestionAgreed != nil
                ? "The key enquiry question was agreed"
                : old.isQuestionAgreed != nil
                    ? "The key enquiry question is open again; its draft reads" : "The key enquiry question now reads"
            sentences.append(
                new.question.map { "\(what): “\($0)”" } ?? "The key enquiry question is open again.")
        }
        let added = new.checklist.filter { !old.checklist.contains($0) }
        let removed = old.checklist.filter { !new.checklist.contains($0) }
        sentences += added.map { "Before you come: \($0)" } + removed.map { "No longer needed: \($0)" }
        if added.isEmpty, removed.isEmpty, old.checklist != new.checklist {
            sentences.append("What to do before you come is in another order.")
        }
        return sentences
    }

    /// Those who come as something else than before.
    private static func roles(from old: SessionDetails, to new: SessionDetails) -> [String] {
        new.participants.compactMap { participant in
            let before = old.participants.first { $0.person == participant.person }
            guard let before, before.role != participant.role else { return nil }
            return
                "\(participant.name) comes as \(Wording.role(participant.role)) (it was \(Wording.role(before.role)))."
        }
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
