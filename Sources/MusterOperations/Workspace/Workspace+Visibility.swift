import MusterModel
import MusterStore

/// What is seen and decided by somebody who looks after a part of the programme: their own part, in every operation.
extension Workspace {
    /// Whether a session or a run is theirs.
    func isVisible(_ id: some Identifier) -> Bool { isVisible(id.rawValue) }

    /// Whether a session, a run or a cycle is theirs.
    func isVisible(_ id: String) -> Bool {
        guard viewer.partnerships != nil else { return true }
        return programme.cycles.contains { cycle in
            viewer.sees(cycle.partnership) && (id == cycle.id.rawValue || id.hasPrefix(cycle.id.rawValue + "/"))
        }
    }

    /// Whether what happened to something is theirs to know: of a school or a person, which are in no cycle, it is
    /// where they are theirs.
    func seesEvent(about subject: String) -> Bool { isVisible(subject) || !subject.contains("/") }

    /// Whether a session, a run, a school or a person is theirs.
    func sees(_ entity: Subject) -> Bool {
        func isOurs(_ school: SchoolID?) -> Bool {
            programme.partnerships.contains { partnership in
                viewer.sees(partnership.id) && school.map(partnership.schools.contains) ?? false
            }
        }
        return switch entity {
        case .session(let id): isVisible(id)
        case .track(let id): isVisible(id)
        case .school(let id): seesEverything || isOurs(id)
        case .person(let id): seesEverything || isOurs(programme.person(id)?.school)
        }
    }

    /// The same with one partnership alone; nil for all that they may see.
    ///
    /// - Throws: `Failure` where it is not theirs.
    func limited(to partnership: PartnershipID?) throws -> Workspace {
        guard let partnership else { return self }
        try require(
            programme.partnership(partnership) != nil && viewer.sees(partnership), "partnership \"\(partnership)\"")
        var narrow = viewer
        narrow.partnerships = [partnership]
        return seen(by: narrow)
    }

    /// Whether they look after all of it, so that what belongs to nothing in particular is theirs too.
    var seesEverything: Bool { programme.partnerships.allSatisfy { viewer.sees($0.id) } }

    /// Whether what is about a session, or about nothing in particular, is theirs.
    func seesMail(about id: SessionID?) -> Bool {
        guard let id, !id.isEmpty else { return seesEverything }
        return isVisible(id)
    }

    /// - Throws: `Failure` where a mail that came is not theirs.
    func requireIncoming(_ number: Int) throws {
        guard !seesEverything else { return }
        let session = try store.incomingMail(number)?.session
        try require(session.map { seesMail(about: $0) } ?? false, "mail \(number)")
    }

    /// The same words for what others have and for what nobody has: nobody learns what there is.
    ///
    /// - Throws: `Failure` where it is not theirs.
    func require(_ isTheirs: Bool, _ what: String) throws {
        guard isTheirs else { throw Failure("There is no \(what) here.", exitCode: 77) }
    }
}
