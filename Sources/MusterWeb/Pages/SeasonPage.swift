import CivilTime
import Mustache
import MusterModel
import Templates

/// The season as one self-contained page to look at, print or attach: no script, nothing remote.
public struct SeasonPage: Sendable {
    /// The heading.
    public var title: String
    /// A line below it.
    public var summary: String
    /// What is shown.
    public var season: Season
    /// What is to be said about calendars.
    public var remarks: [String]
    /// When it was made, in words.
    public var footer: String

    /// A page; every field as described there.
    public init(title: String, summary: String, season: Season, remarks: [String], footer: String) {
        self.title = title
        self.summary = summary
        self.season = season
        self.remarks = remarks
        self.footer = footer
    }

    /// The page's text.
    ///
    /// - Throws: only if the built-in template is broken.
    public func html() throws -> String {
        let source = String(decoding: PackageResources.season_html_mustache, as: UTF8.self)
        return try MustacheTemplate(html: source).render(context)
    }

    private var context: [String: Any] {
        let most = season.people.map(\.count).max() ?? 1
        let mostSeats = season.schools.map(\.count).max() ?? 1
        return [
            "title": title, "summary": summary, "footer": footer, "groups": season.groups.map(group),
            "hasUnscheduled": !season.unscheduled.isEmpty, "unscheduled": unscheduled, "sessions": sessions,
            "people": season.people.map { load($0, most) }, "schools": season.schools.map { load($0, mostSeats) },
            "hasRemarks": !remarks.isEmpty, "remarks": remarks,
        ]
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
            context["cells"] = row.cells.map { cell -> [String: Any] in
                var context: [String: Any] = ["marks": cell.marks.map(mark)]
                if let shade = cell.shade { context["shade"] = shade.rawValue }
                return context
            }
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
            row.sessions.map {
                ["host": row.label, "stage": $0.stage, "when": $0.when, "team": $0.team, "answers": $0.answers]
            }
        }
    }

    private func load(_ load: Season.Load, _ most: Int) -> [String: Any] {
        [
            "name": load.name, "count": load.count, "sessions": load.sessions, "hosts": load.hosts,
            "width": load.count * 100 / max(1, most),
        ]
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
