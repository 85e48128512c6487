import CivilTime
import MusterModel

/// A season as tables: schools by weeks, what is not scheduled, every session, and who does how much.
struct SeasonTables {
    private let season: Season
    private let address: ((SessionID) -> String)?

    /// - Parameter address: the page about a session; nil where there is none.
    init(_ season: Season, address: ((SessionID) -> String)? = nil) {
        self.season = season
        self.address = address
    }

    var context: [String: Any] {
        [
            "groups": season.groups.map(group), "hasUnscheduled": !season.unscheduled.isEmpty,
            "unscheduled": unscheduled, "sessions": sessions, "people": loads(season.people),
            "schools": loads(season.schools),
        ]
    }

    /// `Spring 2027: 1 · Autumn 2026: 2 · before: 1`, where there is something to tell apart; nil where there is not.
    private func parts(of load: Season.Load) -> String? {
        var parts = zip(season.groups, load.cycles).filter { $1 > 0 }.map { "\($0.name): \($1)" }
        if season.groups.count == 1 { parts = [] }
        if load.earlier > 0 { parts.append("before: \(load.earlier)") }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }

    private func group(_ group: Season.Group) -> [String: Any] {
        [
            "title": group.title, "weeks": group.weeks.map { "\($0.day) \(Wording.shortMonth($0))" },
            "legend": group.legend.map(mark), "rows": group.rows.map { row($0, group.weeks.count) },
        ]
    }

    private func row(_ row: Season.Row, _ weeks: Int) -> [String: Any] {
        var context: [String: Any] = ["label": row.label]
        if let number = row.unscheduled {
            context["missing"] = ["number": number, "span": weeks]
        } else {
            let lines = Dictionary(row.sessions.map { ($0.id, $0) }) { first, _ in first }
            context["cells"] = row.cells.map { cell($0, lines) }
        }
        return context
    }

    private func cell(_ cell: Season.Cell, _ lines: [SessionID: Season.SessionLine]) -> [String: Any] {
        var context: [String: Any] = [
            "marks": zip(cell.marks, cell.sessions).map { mark, session -> [String: Any] in
                var context = self.mark(mark)
                if let line = lines[session] {
                    context["name"] = [line.stage, line.when, line.answers].filter { !$0.isEmpty }.joined(
                        separator: ", ")
                }
                if let address { context["href"] = address(session) }
                return context
            }
        ]
        if let shade = cell.shade {
            context["shade"] = shade.rawValue
            context["shadeName"] = shade.name
        }
        return context
    }

    private func mark(_ mark: Season.Mark) -> [String: Any] {
        ["symbol": mark.symbol, "letter": mark.letter, "name": mark.name]
    }

    private var unscheduled: [[String: Any]] {
        season.unscheduled.enumerated().map { index, entry in
            [
                "number": index + 1, "label": entry.label, "reasons": entry.reasons.map(Self.sentence),
                "hasRemedies": !entry.remedies.isEmpty, "would": entry.isVerified ? "would" : "might",
                "remedies": entry.remedies,
            ]
        }
    }

    private var sessions: [[String: Any]] {
        season.groups.flatMap(\.rows).flatMap { row in
            row.sessions.map { line -> [String: Any] in
                var context: [String: Any] = [
                    "host": row.label, "stage": line.stage, "when": line.when, "team": line.team,
                    "answers": line.answers,
                ]
                if let address { context["href"] = address(line.id) }
                return context
            }
        }
    }

    private func loads(_ loads: [Season.Load]) -> [[String: Any]] {
        let most = max(1, loads.map(\.count).max() ?? 1)
        return loads.map { load in
            var context: [String: Any] = [
                "name": load.name, "count": load.count, "sessions": load.sessions, "hosts": load.hosts, "most": most,
            ]
            if let parts = parts(of: load) { context["parts"] = parts }
            return context
        }
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension Season.Shade {
    fileprivate var name: String {
        switch self {
        case .closed: "closed"
        case .examinations: "examinations"
        case .inset: "INSET day"
        }
    }
}
