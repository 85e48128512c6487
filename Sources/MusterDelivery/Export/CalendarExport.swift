import CivilTime
import ICalendar
import MusterModel

/// The season as a calendar to open or import: every published session once, without alarms or requests to answer.
public struct CalendarExport {
    /// The calendar's text.
    public static func text(_ sessions: [PublishedSession], organiser: (name: String, address: String), name: String)
        -> String
    {
        let messages = sessions.map { session -> SchedulingMessage in
            let details = session.details
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            return SchedulingMessage(
                method: .publish, uid: session.uid, sequence: session.sequence, stamp: session.created,
                created: session.created, start: details.start, end: details.end, zone: zone, summary: details.title,
                description: details.purpose, location: details.place, link: details.link, organizer: organiser,
                attendees: [], categories: [details.partnership])
        }
        let calendar = Component.calendar(
            productIdentifier: MessageComposer.productIdentifier, method: .publish, name: name,
            zones: messages.map { ($0.zone, $0.start, $0.end) }, events: messages.map(\.event))
        return CalendarWriter.write(calendar)
    }
}
