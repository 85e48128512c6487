import CivilTime
import ICalendar
import MusterModel

/// The season as a calendar to open, import or subscribe to: every published session once, without alarms or requests to
/// answer.
public struct CalendarExport {
    /// One session as it is shown.
    struct Entry {
        let session: PublishedSession
        var summary: String
        var description: String
        var place: String?
        var link: String?
        /// Whether it takes the time of whoever has it in the calendar.
        var takesTime = true

        init(_ session: PublishedSession) {
            self.session = session
            summary = session.details.title
            description = session.details.purpose
            place = session.details.place
            link = session.details.link
        }
    }

    /// The zone that a calendar names where nothing is in it: one without any component is none (RFC 5545 §3.4), and
    /// some programs refuse it.
    private static let emptyZone = (name: "Europe/London", at: Instant(seconds: 1_767_225_600))

    /// The calendar's text.
    public static func text(_ sessions: [PublishedSession], organiser: (name: String, address: String), name: String)
        -> String
    {
        text(sessions.map(Entry.init), organiser: organiser, name: name, refresh: nil)
    }

    /// The calendar's text, in the order of time.
    ///
    /// Every stamp in it is that of a publication, so that it says the same as long as nothing is published.
    ///
    /// - Parameter refresh: how often it should be read; nil for a calendar that is read once.
    static func text(
        _ entries: [Entry], organiser: (name: String, address: String), name: String, refresh: CalendarDuration?
    ) -> String {
        let messages = entries.map { message($0, organiser) }.sorted { ($0.start, $0.uid) < ($1.start, $1.uid) }
        var zones = messages.map { ($0.zone, $0.start, $0.end) }
        if zones.isEmpty, let zone = TimeZoneDatabase.system[emptyZone.name] {
            zones = [(zone, emptyZone.at, emptyZone.at)]
        }
        let calendar = Component.calendar(
            productIdentifier: MessageComposer.productIdentifier, method: .publish, name: name, refresh: refresh,
            zones: zones, events: messages.map(\.event))
        return CalendarWriter.write(calendar)
    }

    private static func message(_ entry: Entry, _ organiser: (name: String, address: String)) -> SchedulingMessage {
        let session = entry.session
        let details = session.details
        var message = SchedulingMessage(
            method: .publish, uid: session.uid, sequence: session.sequence, stamp: session.modified,
            created: session.created, start: details.start, end: details.end,
            zone: TimeZoneDatabase.system[details.zone] ?? .utc, summary: entry.summary,
            description: entry.description, location: entry.place, link: entry.link, organizer: organiser,
            attendees: [], categories: [details.partnership])
        message.takesTime = entry.takesTime
        message.classification = details.classification
        return message
    }
}
