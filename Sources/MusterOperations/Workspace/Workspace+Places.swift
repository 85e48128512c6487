import CivilTime
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// A place is kept for somebody at least so long, in seconds; nearer to the event nobody is asked any more.
    private static let leastOffer = 2 * 3600
    /// So long before the event every offer ends, in seconds.
    private static let lastMoment = 3600

    /// Brings the places of all events that have few of them up to date.
    ///
    /// - Returns: how many mails that makes, and when the next offer ends; nil for none.
    @discardableResult
    func settlePlaces(at now: Instant) throws -> (sent: Int, next: Instant?) {
        let events = programme.tracks.filter { $0.places != nil }
        guard !events.isEmpty else { return (0, nil) }
        let sessions = try store.publishedSessions(in: FeedScope(tracks: Set(events.map(\.id))))
        return try sessions.filter { $0.details.start > now }.reduce(into: (sent: 0, next: Instant?.none)) {
            let settled = try settlePlaces(of: $1, at: now)
            $0.sent += settled.sent
            $0.next = [$0.next, settled.list.nextEnd].compactMap(\.self).min()
        }
    }

    /// Brings the places of one event up to date; of one that has as many as are wanted nothing is to do.
    @discardableResult
    func settlePlaces(of session: PublishedSession, at now: Instant) throws -> (list: WaitingList, sent: Int) {
        guard let track = programme.track(session.details.id.track), let places = track.places else {
            return (WaitingList(), 0)
        }
        let writer = PlaceWriter(composer: try messageComposer, makeID: Self.makeID)
        let end = offersEnd(session.details, track, at: now)
        // Who chose this date of several is asked to it by the programme before a plan invites them.
        let chosen = track.series == nil ? [] : Set(track.invited)
        return try store.settlePlaces(of: session, alsoFor: chosen) { list, accepted in
            // They are not held for approval, as receipts are not: an offer that waits for somebody's yes would end unseen.
            list.settle(accepted: accepted, places: places, offersEnd: end, at: now).compactMap {
                writer.mail($0, about: session, at: now)
            }
        }
    }

    /// The end of the next day on which the event's school is open, within the hours in which people are written to, and
    /// before the event; nil where that is too soon to ask anybody.
    private func offersEnd(_ details: SessionDetails, _ track: Track, at now: Instant) -> Instant? {
        guard let school = programme.school(track.school) else { return nil }
        let today = school.zone.local(now).date
        let day = (today + 1...today + 30).first { school.days.kind(of: $0) != .closed } ?? today + 1
        let evening = school.zone.instant(LocalDateTime(date: day, time: track.cycle.reminderHours.upperBound))
        let end = min(evening, details.start - Self.lastMoment)
        return end - now >= Self.leastOffer ? end : nil
    }

    /// How somebody stands who is invited to an event with few places, in a sentence; nil where there are as many as are
    /// wanted, or they have not said yes.
    public func place(of person: PersonID, at session: PublishedSession) throws -> (sentence: String, isPlaced: Bool)? {
        guard programme.track(session.details.id.track)?.places != nil else { return nil }
        let list = try store.waitingList(of: session.uid)
        let zone = TimeZoneDatabase.system[session.details.zone] ?? .utc
        switch list.state(of: person) {
        case nil: return nil
        case .placed: return ("You have a place.", true)
        case .offered(let until):
            return (
                "A place is kept for you until \(Wording.moment(until, in: zone)): say yes once more to take it.", false
            )
        case .waiting: return ("You are number \(list.position(of: person) ?? 0) on the waiting list.", false)
        case .lapsed:
            return (
                "The place that was kept for you has gone to somebody else; say yes once more to wait again.", false
            )
        }
    }
}
