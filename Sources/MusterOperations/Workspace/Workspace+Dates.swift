import CivilTime
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Another date of an event that takes place on several.
    public struct OtherDate: Sendable {
        /// The session on that date.
        public var session: PublishedSession
        /// How many places are free there; nil where there are as many as are wanted.
        public var free: Int?
    }

    /// On which other dates to come somebody could come to an event to which they are invited, by time.
    public func otherDates(for person: PersonID, besides session: PublishedSession) throws -> [OtherDate] {
        guard let track = programme.track(session.details.id.track),
            session.details.participants.contains(where: { $0.person == person && $0.role == Duty.invited })
        else { return [] }
        let others = programme.dates(ofEventOf: track).map(\.id).filter { $0 != track.id }
        guard !others.isEmpty else { return [] }
        let notice = configuration.planning.notice * 60
        return try store.publishedSessions(in: FeedScope(tracks: Set(others))).filter {
            $0.details.start > now() + min(notice, 86_400)
        }.sorted { $0.details.start < $1.details.start }.map { other in
            let places = programme.track(other.details.id.track)?.places
            return OtherDate(
                session: other, free: try places.map { try max(0, $0 - store.takenPlaces(at: other, besides: person)) })
        }.filter { $0.free != 0 }
    }

    /// Keeps that somebody comes to an event on another date: they say yes to that one, and no to the one they had.
    ///
    /// - Throws: `Failure` where they cannot come on that date (any more).
    func choose(
        _ other: SessionID, for person: PersonID, insteadOf session: PublishedSession, way: String
    ) async throws -> PublishedSession {
        guard let date = try otherDates(for: person, besides: session).first(where: { $0.session.details.id == other })
        else {
            throw Failure("That date cannot be chosen any more; please look which are free.", exitCode: 65)
        }
        let (now, target) = (now(), date.session)
        func answer(_ status: Answer.Status, to session: PublishedSession, comment: String = "") -> Answer {
            Answer(
                session: session.details.id, uid: session.uid, person: person, status: status, comment: comment,
                start: session.details.start, sequence: session.sequence, stamp: now, at: now, way: way)
        }
        let track = target.details.id.track
        let zone = TimeZoneDatabase.system[target.details.zone] ?? .utc
        let event = Event.done(
            .dateChosen,
            "somebody comes to \(target.details.title) on \(Wording.moment(target.details.start, in: zone)) instead",
            subject: target.details.id.rawValue, by: actor, at: now)
        let isKept = try await withWriteAccess { access in
            try access.store.save(
                ChosenDate(person: person, track: track, at: now), at: target,
                places: programme.track(track)?.places,
                answers: [
                    answer(.declined, to: session, comment: "comes on another date"), answer(.accepted, to: target),
                ],
                recording: event)
        }
        guard isKept else { throw Failure("The last place on that date has just been taken.", exitCode: 65) }
        // The choice is kept; where this fails, the daemon does it in its next round.
        let current = try upToDate() ?? self
        for session in [session, target] { _ = try? current.settlePlaces(of: session, at: now) }
        return target
    }

    /// Keeps the date that somebody chooses on the page behind their link.
    ///
    /// - Returns: false where there is no such link any more.
    public func chooseDate(_ token: String, _ other: SessionID) async throws -> Bool {
        guard let page = try answerPage(token) else { return false }
        _ = try await acting(as: page.participant.person).choose(
            other, for: page.participant.person, insteadOf: page.session, way: Answer.link)
        return true
    }
}
