import CivilTime
import MusterModel

/// What somebody means by a word on the command line.
public enum Subject: Hashable, Sendable {
    /// A session.
    case session(SessionID)
    /// A track: one host's run or one training event.
    case track(TrackID)
    /// A school.
    case school(SchoolID)
    /// A person.
    case person(PersonID)

    var isSchool: Bool { if case .school = self { true } else { false } }

    var isPerson: Bool { if case .person = self { true } else { false } }
}

extension Workspace {
    /// Finds a session, track, school or person by id, by the end of an id (`900001/review`), or by words of a name, in
    /// any case and without accents.
    ///
    /// - Parameter isMeant: of what kind it can be, where that is known.
    /// - Throws: `Failure` where nothing fits, or more than one thing.
    public func find(_ word: String, where isMeant: (Subject) -> Bool = { _ in true }) throws -> Subject {
        let tracks = programme.tracks
        if programme.stage(of: SessionID(word)) != nil { return .session(SessionID(word)) }
        if programme.track(TrackID(word)) != nil { return .track(TrackID(word)) }
        if programme.school(SchoolID(word)) != nil { return .school(SchoolID(word)) }
        if programme.person(PersonID(word)) != nil { return .person(PersonID(word)) }
        // Whoever may not see everything must not learn from a beginning what there is.
        try require(seesEverything, "session, school or person \"\(word)\"")
        let sessions = tracks.flatMap { track in track.stages.map { track.id.session($0.id) } }
        var matches = sessions.filter { $0.rawValue.hasSuffix("/" + word) }.map(Subject.session)
        if matches.isEmpty { matches = tracks.filter { $0.id.rawValue.hasSuffix("/" + word) }.map { .track($0.id) } }
        if matches.isEmpty {
            let key = NameKey(word)
            matches = programme.schools.filter { key.isFound(in: NameKey($0.name)) }.map { .school($0.id) }
            matches += programme.people.filter {
                key.isFound(in: NameKey($0.name)) || $0.address.lowercased() == word.lowercased()
            }.map { .person($0.id) }
            matches += tracks.filter { $0.host == nil && key.isFound(in: NameKey($0.stages.first?.name ?? "")) }
                .map { .track($0.id) }
            matches = matches.filter(isMeant)
            let exact = matches.filter { name(of: $0) == word }
            if exact.count == 1 { matches = exact }
        }
        if matches.count == 1 { return matches[0] }
        guard matches.isEmpty else {
            throw Failure(
                "\"\(word)\" may mean \(Wording.list(matches.prefix(6).map(describe), "or")); write the whole of it.",
                exitCode: 64)
        }
        throw Failure(
            "There is no session, track, school or person \"\(word)\". Sessions are written as in muster export csv, for example \(sessions.first ?? "cycle/school/stage").",
            exitCode: 64)
    }
}

extension Workspace {
    /// A moment on the clocks of the host of a session.
    func hostTime(_ instant: Instant, of session: SessionID) -> String {
        let track = programme.track(session.track)
        return Wording.moment(instant, in: track.flatMap { programme.school($0.school)?.zone } ?? .utc)
    }

    /// The tracks that somebody means who names this: of a person none, since theirs are for the plan to say.
    func tracks(of entity: Subject) -> [TrackID] {
        switch entity {
        case .session(let id): [id.track]
        case .track(let id): [id]
        case .school(let id): programme.tracks.filter { $0.school == id }.map(\.id)
        case .person: []
        }
    }

    private func name(of subject: Subject) -> String? {
        switch subject {
        case .school(let id): programme.school(id)?.name
        case .person(let id): programme.person(id)?.name
        case .track(let id): programme.label(of: id)
        case .session: nil
        }
    }

    private func describe(_ subject: Subject) -> String {
        guard case .school(let id) = subject, let school = programme.school(id) else { return subject.id }
        return "\(school.name) (\(id))"
    }
}

extension Subject {
    /// The id.
    public var id: String {
        switch self {
        case .session(let id): id.rawValue
        case .track(let id): id.rawValue
        case .school(let id): id.rawValue
        case .person(let id): id.rawValue
        }
    }
}
