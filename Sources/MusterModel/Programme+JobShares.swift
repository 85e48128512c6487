import CivilTime

/// People who share a job hold one post: it is planned as one person, and whoever works on the day comes.
extension Programme {
    /// Those who share the job of a person, in the order of the file; nobody but the person where it is not shared.
    public func sharers(of id: PersonID) -> [Person] {
        guard let job = person(id)?.jobShare else { return person(id).map { [$0] } ?? [] }
        return (index.sharers[job] ?? []).map { people[$0] }
    }

    /// The person under whom a post is planned: the first of those who share it.
    public func post(of id: PersonID) -> PersonID {
        guard let job = person(id)?.jobShare else { return id }
        return index.sharers[job]?.first.map { people[$0].id } ?? id
    }

    /// The posts that people hold, each once.
    public func posts(of people: [PersonID]) -> [PersonID] {
        var seen: Set<PersonID> = []
        return people.map(post).filter { seen.insert($0).inserted }
    }

    /// Who holds the post of a person on a day: who works longest that day, less the hours away; of equals the first.
    public func holder(of id: PersonID, on date: CivilDate) -> PersonID {
        let sharers = sharers(of: id)
        guard sharers.count > 1 else { return id }
        return sharers.enumerated().max { left, right in
            (left.element.minutesWorked(on: date), -left.offset) < (
                right.element.minutesWorked(on: date), -right.offset
            )
        }?.element.id ?? id
    }

    /// Who holds the post of a person when a session begins.
    public func holder(of id: PersonID, at start: Instant) -> PersonID {
        guard let person = person(id), person.jobShare != nil else { return id }
        return holder(of: id, on: person.zone.local(start).date)
    }
}

extension Person {
    fileprivate func minutesWorked(on date: CivilDate) -> Int {
        let absences = away.filter { $0.dates.contains(date) }
        guard absences.allSatisfy({ $0.hours != nil }) else { return 0 }
        func minutes(_ windows: [TimeWindow]) -> Int {
            windows.reduce(0) { $0 + $1.upperBound.minutes - $1.lowerBound.minutes }
        }
        return minutes(pattern.hours[date.weekday] ?? []) - minutes(absences.compactMap(\.hours))
    }
}
