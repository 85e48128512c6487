import CivilTime
import MusterModel

/// A season as a spreadsheet (CSV, RFC 4180), for Excel and its like.
enum SeasonSheet {
    private static let sessionColumns = [
        "session", "cycle", "partnership", "host", "stage", "date", "start", "end", "zone", "place", "link",
    ]

    /// A row for each session.
    static func bySession(_ sessions: [SessionDetails]) -> String {
        let rows = sessions.sorted { $0.start < $1.start }.map { details -> [String] in
            let people =
                details.showsParticipants
                ? details.participants.map { "\($0.name) (\(Wording.role($0.role)))" }.joined(separator: "; ")
                : Wording.count(details.participants.count, "person")
            return cells(details) + [people]
        }
        return text(sessionColumns + ["participants"], rows)
    }

    /// A row for each person and session, with the address.
    ///
    /// - Parameter changes: what becomes of sessions, by id; empty for a season as it is published.
    /// - Parameter answers: what people answered, by session; nil to leave that out.
    static func byPerson(
        _ sessions: [SessionDetails], changes: [SessionID: String] = [:], answers: [SessionID: [Answer]]? = nil
    ) -> String {
        let rows = sessions.sorted { $0.start < $1.start }.flatMap { details -> [[String]] in
            let session = cells(details)
            let attendance = answers.map { Attendance(details, $0[details.id] ?? []) }
            return details.participants.enumerated().map { index, person in
                let answer = attendance.map { [$0.answers[index].answer?.status.rawValue ?? ""] } ?? []
                return session + [
                    person.name, Wording.role(person.role), person.address, person.school ?? "",
                    person.isRequired ? "yes" : "no",
                ] + answer + (changes.isEmpty ? [] : [changes[details.id] ?? ""])
            }
        }
        let columns =
            ["name", "role", "email", "school", "required"] + (answers == nil ? [] : ["answer"])
            + (changes.isEmpty ? [] : ["change"])
        return text(sessionColumns + columns, rows)
    }

    /// A row for each choice of a poll, in all and in each group.
    static func poll(_ result: PollResult) -> String {
        let rows = ([result.all] + result.groups).flatMap { group in
            group.lines.map {
                [result.poll.rawValue, group.name, $0.id, $0.text, "\($0.count)", "\($0.share)", "\(group.answered)"]
            }
        }
        return text(["poll", "group", "choice", "text", "count", "percent", "answered"], rows)
    }

    /// A row for everybody who was asked to a session, as it is read again once it is filled in.
    static func attendance(_ entries: [AttendanceEntry]) -> String {
        let rows = entries.map { entry in
            [
                entry.person.rawValue, entry.name, entry.address, entry.school, entry.role,
                entry.answer?.rawValue ?? "",
                entry.wasThere.map { $0 ? "yes" : "no" } ?? "",
            ]
        }
        return text(["person", "name", "email", "school", "role", "answer", "attended"], rows)
    }

    private static func cells(_ details: SessionDetails) -> [String] {
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let (start, end) = (zone.local(details.start), zone.local(details.end))
        return [
            details.id.rawValue, details.cycle, details.partnership, details.host ?? "", details.stage,
            start.date.description,
            start.time.description, end.time.description, details.zone, details.place ?? "", details.link ?? "",
        ]
    }

    /// Excel takes a file without a byte order mark for cp1252.
    private static func text(_ header: [String], _ rows: [[String]]) -> String {
        "\u{FEFF}" + ([header] + rows).map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A cell, quoted where it must be; one that a spreadsheet would run as a formula is defused.
    private static func cell(_ text: String) -> String {
        let safe = text.first.map { "=+-@\t".contains($0) } ?? false ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

extension Proposal {
    /// A row for each person and session that it plans, with what changes.
    var sheet: String {
        let words = changes.changes.map { change in
            let word =
                switch (change.before, change.after) {
                case (nil, _): "new"
                case (_, nil): "cancelled"
                case (let before?, let after?): before.details.start == after.start ? "changed" : "moved"
                }
            return (change.id, word)
        }
        return SeasonSheet.byPerson(details, changes: Dictionary(words) { first, _ in first })
    }
}
