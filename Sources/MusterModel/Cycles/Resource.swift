/// Something to read or to use for those who prepare a session: a page of the web, or a file of the programme.
public struct Resource: Hashable, Sendable {
    /// Where it is.
    public enum Place: Hashable, Sendable {
        /// At an address of the web.
        case link(String)
        /// In the programme's folder `resources`, under this name.
        case file(String)
    }

    /// What people read.
    public var title: String
    /// Where it is.
    public var place: Place
    /// What it is good for, in a sentence; empty for nothing.
    public var note: String
    /// The themes of hosts for whose runs it is; empty for all.
    public var themes: Set<String>
    /// The stages for which it is; empty for all.
    public var stages: Set<StageID>
    /// Those for whom it is, `host` or roles of the team; empty for all.
    public var roles: Set<String>
    /// The partnership for which it is; nil for all.
    public var partnership: PartnershipID?

    /// A resource; every field as described there.
    public init(
        title: String, place: Place, note: String = "", themes: Set<String> = [], stages: Set<StageID> = [],
        roles: Set<String> = [], partnership: PartnershipID? = nil
    ) {
        self.title = title
        self.place = place
        self.note = note
        self.themes = themes
        self.stages = stages
        self.roles = roles
        self.partnership = partnership
    }
}

extension Programme {
    /// What helps somebody with a session, in the order of the config.
    ///
    /// - Parameter role: `host`, or their role in the team.
    public func resources(for session: SessionID, role: String) -> [Resource] {
        guard !resources.isEmpty, let track = track(session.track) else { return [] }
        func suits(_ wanted: Set<String>, _ own: String?) -> Bool {
            wanted.isEmpty || own.map(wanted.contains) ?? false
        }
        return resources.filter { resource in
            (resource.partnership ?? track.cycle.partnership) == track.cycle.partnership
                && suits(resource.themes, track.host?.theme) && suits(resource.stages, session.stage)
                && suits(resource.roles, role)
        }
    }
}
