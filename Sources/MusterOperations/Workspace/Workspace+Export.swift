import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// The published revision; nil before anything was published.
    public var revision: Int? { get throws { try store.latestRevision()?.number } }

    /// Writes a consistent copy of the database to a file, while others go on reading and writing.
    public func backup(to path: String) throws { try store.backup(to: path) }

    /// The published season as a spreadsheet: a row for each session.
    func exportCSV() throws -> String {
        let header = [
            "session", "cycle", "partnership", "host", "stage", "date", "start", "end", "zone", "place", "link",
            "participants",
        ]
        let rows = try store.publishedSessions().sorted { $0.details.start < $1.details.start }.map {
            session -> [String] in
            let details = session.details
            let zone = TimeZoneDatabase.system[details.zone] ?? .utc
            let (start, end) = (zone.local(details.start), zone.local(details.end))
            let people =
                details.showsParticipants
                ? details.participants.map { "\($0.name) (\(Wording.role($0.role)))" }.joined(separator: "; ")
                : Wording.count(details.participants.count, "person")
            return [
                details.id, details.cycle, details.partnership, details.host ?? "", details.stage,
                start.date.description,
                start.time.description, end.time.description, details.zone, details.place ?? "", details.link ?? "",
                people,
            ]
        }
        // Excel takes a file without a byte order mark for cp1252.
        return "\u{FEFF}" + ([header] + rows).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// The published season as a calendar.
    func exportCalendar() throws -> String {
        CalendarExport.text(
            try store.publishedSessions(), organiser: (configuration.organiser.name, configuration.organiser.address),
            name: configuration.organiser.name)
    }

    /// The published sessions as JSON.
    func exportJSON() throws -> String {
        struct Entry: Encodable {
            let uid: String
            let sequence: Int
            let details: SessionDetails
        }
        return try Self.json(
            try store.publishedSessions().map { Entry(uid: $0.uid, sequence: $0.sequence, details: $0.details) })
    }

    /// JSON for people and scripts alike.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// A cell, quoted where it must be; one that a spreadsheet would run as a formula is defused.
    private static func cell(_ text: String) -> String {
        let safe = text.first.map { "=+-@\t".contains($0) } ?? false ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
