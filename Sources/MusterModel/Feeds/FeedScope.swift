/// What makes a session somebody's business: a person who comes to it, or the track that it belongs to.
public struct FeedScope: Sendable {
    /// The people.
    public var people: Set<PersonID>
    /// The tracks.
    public var tracks: Set<TrackID>

    /// A scope; of nothing unless said otherwise.
    public init(people: Set<PersonID> = [], tracks: Set<TrackID> = []) {
        self.people = people
        self.tracks = tracks
    }
}

extension Programme {
    /// What the feed of a subject shows; nothing of one that is not in the config (any more), but a person's sessions.
    public func scope(of subject: FeedOwner) -> FeedScope {
        switch subject {
        case .person(let id): FeedScope(people: [id])
        case .school(let id):
            FeedScope(
                people: Set(people(of: id).map { people[$0].id }),
                tracks: Set(tracks.filter { $0.school == id }.map(\.id)))
        case .partnership(let id):
            FeedScope(tracks: Set(tracks.filter { $0.cycle.partnership == id }.map(\.id)))
        }
    }

    /// What people call the subject of a feed; nil where it is not in the config (any more).
    public func name(of subject: FeedOwner) -> String? {
        switch subject {
        case .person(let id): person(id)?.name
        case .school(let id): school(id)?.name
        case .partnership(let id): partnership(id)?.name
        }
    }
}
