import CivilTime
import MusterDelivery
import MusterModel
import Workbook

/// The published season as a workbook with the columns that partnerships keep: a table for each cycle with a row for
/// each host, what is due, when each stage is, and who comes; and a table of who does how much.
struct SeasonWorkbook {
    let programme: Programme
    /// The published sessions, by their run.
    let sessions: [TrackID: [SessionDetails]]
    /// Who has said what about them.
    let attendance: [SessionID: Attendance]
    let season: Season

    var bytes: [UInt8] {
        let shown = Set(sessions.keys.map(\.cycle))
        let cycles = programme.cycles.filter { shown.contains($0.id) }.map(sheet)
        return Workbook(sheets: cycles + [people, schools]).bytes
    }

    private func sheet(_ cycle: Cycle) -> Workbook.Sheet {
        let tracks = programme.tracks(of: cycle.id).filter { $0.host != nil }
        let columns =
            ["School", "URN", "Phase", "Theme", "Question"] + cycle.deadlines.map { "\($0.name): due" }
            + cycle.stages.flatMap { [$0.name, "\($0.name): time", "\($0.name): who comes", "\($0.name): answers"] }
            + cycle.team.map { Self.title($0.id) }
        let name = programme.name(of: cycle.partnership)
        return Workbook.Sheet(
            name: "\(name) \(cycle.name)", columns: columns, rows: tracks.map { row($0, cycle) })
    }

    private func row(_ track: Track, _ cycle: Cycle) -> [Workbook.Cell] {
        let own = sessions[track.id] ?? []
        func session(_ stage: StageID) -> SessionDetails? { own.first { $0.id == track.id.session(stage) } }
        let school = programme.school(track.school)
        let question = own.compactMap(\.question).first ?? track.host?.question
        var cells: [Workbook.Cell] = [
            .text(school?.name ?? track.school.rawValue), .text(track.school.rawValue), text(school?.phase),
            text(track.host?.theme),
            text(question),
        ]
        for deadline in cycle.deadlines {
            guard let details = session(deadline.stage), let school else {
                cells.append(.empty)
                continue
            }
            let due = deadline.due(
                start: details.start, clock: ReminderClock(zone: school.zone, days: school.days))
            cells.append(.date(school.zone.local(due).date))
        }
        for stage in cycle.stages { cells += self.cells(session(stage.id)) }
        let people = own.flatMap(\.participants)
        for role in cycle.team {
            let names = people.filter { $0.role == role.id }.map(\.name).reduce(into: [String]()) {
                if !$0.contains($1) { $0.append($1) }
            }
            cells.append(text(names.joined(separator: ", ")))
        }
        return cells
    }

    private func cells(_ details: SessionDetails?) -> [Workbook.Cell] {
        guard let details else { return [.text("not scheduled"), .empty, .empty, .empty] }
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let (start, end) = (zone.local(details.start), zone.local(details.end))
        let people =
            details.showsParticipants
            ? details.participants.map { "\($0.name) (\(Wording.role($0.role)))" }.joined(separator: "\n")
            : Wording.count(details.participants.count, "person")
        return [
            .date(start.date), .text("\(start.time)–\(end.time)"), .text(people),
            text(attendance[details.id]?.summary),
        ]
    }

    private var people: Workbook.Sheet {
        Workbook.Sheet(
            name: "People", columns: ["Person", "Teams", "Sessions"],
            rows: season.people.map { [.text($0.name), .number($0.count), .number($0.sessions)] })
    }

    private var schools: Workbook.Sheet {
        Workbook.Sheet(
            name: "Schools", columns: ["School", "Hosts", "Seats in other teams"],
            rows: season.schools.map { [.text($0.name), .number($0.hosts), .number($0.count)] })
    }

    private func text(_ text: String?) -> Workbook.Cell { text.map { $0.isEmpty ? .empty : .text($0) } ?? .empty }

    private static func title(_ role: RoleID) -> String {
        let words = Wording.role(role)
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
