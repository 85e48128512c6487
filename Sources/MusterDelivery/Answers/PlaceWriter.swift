import CivilTime
import Mail
import MusterModel
import MusterStore

/// Writes to those who have a place at an event with few of them, or wait for one.
public struct PlaceWriter: Sendable {
    private let composer: MessageComposer
    private let makeID: @Sendable () -> String

    /// A writer.
    public init(composer: MessageComposer, makeID: @escaping @Sendable () -> String) {
        self.composer = composer
        self.makeID = makeID
    }

    /// What somebody is told; nil for who is not asked any more.
    public func mail(_ change: WaitingList.Change, about session: PublishedSession, at now: Instant) -> OutboxMessage? {
        let id =
            switch change {
            case .placed(let person), .waits(let person, _), .offered(let person, _), .lapsed(let person): person
            }
        guard let person = session.details.participants.first(where: { $0.person == id }) else { return nil }
        let details = composer.personal(session, person).details
        let zone = TimeZoneDatabase.system[person.zone ?? details.zone] ?? .utc
        let wording = Wording(change: change, details: details, zone: zone)
        let link = composer.link(session, person)
        let text = MailText(
            subject: "\(wording.subject): \(details.title), \(MusterModel.Wording.moment(details.start, in: zone))",
            title: "\(wording.subject): \(details.title)", partnership: details.partnership, cycle: details.cycle,
            opening: wording.opening,
            rows: [("When", [MusterModel.Wording.span(details.start, details.end, in: zone)])]
                + (wording.tellsWhere ? [("Where", [details.place, details.link].compactMap(\.self))] : [])
                + (link.map { [(MailText.answerRow, [$0])] } ?? []),
            request: wording.request,
            reason: "You are receiving this because you have accepted the invitation.")
        return composer.remind(
            text, of: session, person, thread: nil, messageID: "\(makeID())@\(composer.organiser.domain)",
            reason: "place", at: now, expires: wording.isOfUseUntil)
    }

    private struct Wording {
        let change: WaitingList.Change
        let details: SessionDetails
        let zone: TimeZoneRules

        /// An offer that is over is no news.
        var isOfUseUntil: Instant {
            if case .offered(_, let until) = change { until } else { details.start }
        }

        /// Whoever has no place is not told where to join.
        var tellsWhere: Bool { if case .placed = change { true } else { false } }

        var subject: String {
            switch change {
            case .placed: "You have a place"
            case .waits: "On the waiting list"
            case .offered: "A place is free for you"
            case .lapsed: "The place has gone to somebody else"
            }
        }

        var opening: String {
            switch change {
            case .placed: "Thank you for accepting: you have a place. Here is where it takes place."
            case .waits(_, let position):
                "Thank you for accepting. All places are taken, so you are number \(position) on the waiting list. You hear from us as soon as there is a place for you."
            case .offered(_, let until):
                "A place has become free, and it is kept for you until \(MusterModel.Wording.moment(until, in: zone))."
            case .lapsed:
                "We have not heard from you, so the place that was kept for you has gone to somebody else."
            }
        }

        var request: String {
            switch change {
            case .placed:
                "If you cannot come after all, please decline in your calendar or reply to this email, so that somebody else can have the place."
            case .waits: "If you do not want to wait, please decline; nothing else is needed."
            case .offered(_, let until):
                "Please say yes once more by \(MusterModel.Wording.moment(until, in: zone)), on the page or by accepting in your calendar. After that it goes to whoever waits next."
            case .lapsed: "If you still want to come, say yes once more: you are then at the end of the waiting list."
            }
        }
    }
}
