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
    public func backup(to path: String) throws { try store.backup(to: path, at: now()) }

    /// Writes a copy into a folder, and takes away the oldest of those that this has written there.
    ///
    /// - Parameter count: how many stay.
    /// - Returns: the file.
    public func backup(into folder: String, keeping count: Int) throws -> String {
        let file = BackupFolder(path: folder).file(for: name, at: now())
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try backup(to: file)
        for old in try BackupFolder(path: folder).files(of: name).dropLast(count) {
            try FileManager.default.removeItem(atPath: old)
        }
        return file
    }

    /// The published sessions that are theirs who looks.
    func visibleSessions() throws -> [PublishedSession] {
        guard let cycles = programme.cycles(seenBy: viewer) else { return try store.publishedSessions() }
        return try store.publishedSessions(
            in: FeedScope(tracks: Set(cycles.flatMap { programme.tracks(of: $0) }.map(\.id))))
    }

    /// The published season as a spreadsheet: a row for each person and session, with what they answered.
    func exportPeople() throws -> String {
        let sessions = try visibleSessions()
        let answers = try store.answers()
        let bySession = sessions.map { ($0.details.id, answers[$0.uid] ?? []) }
        return SeasonSheet.byPerson(sessions.map(\.details), answers: Dictionary(bySession) { $1 })
    }

    /// The published season as a workbook.
    func exportWorkbook() throws -> [UInt8] {
        let sessions = try visibleSessions()
        let answers = try store.answers(of: sessions.map(\.uid))
        let attendance = sessions.map { ($0.details.id, Attendance($0.details, answers[$0.uid] ?? [])) }
        let known = Dictionary(attendance) { first, _ in first }
        let season = Season(
            programme: programme, cycles: programme.cycles(seenBy: viewer),
            plan: try store.latestRevision()?.plan ?? Plan(), ledger: try store.ledger(at: now()), attendance: known)
        let byTrack = Dictionary(grouping: sessions.map(\.details), by: \.id.track)
        return SeasonWorkbook(programme: programme, sessions: byTrack, attendance: known, season: season).bytes
    }

    /// The published season as a calendar.
    func exportCalendar() throws -> String {
        CalendarExport.text(
            try visibleSessions(), organiser: (configuration.organiser.name, configuration.organiser.address),
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
            try visibleSessions().map { Entry(uid: $0.uid, sequence: $0.sequence, details: $0.details) })
    }

    /// JSON for people and scripts alike.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
