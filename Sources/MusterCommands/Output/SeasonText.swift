import CivilTime
import MusterModel

/// The season for a terminal: weeks across, schools down.
struct SeasonText {
    let season: Season

    func lines() -> [String] {
        season.groups.flatMap { [""] + group($0) } + (season.unscheduled.isEmpty ? [] : [""] + unscheduled())
    }

    private func group(_ group: Season.Group) -> [String] {
        let labelWidth = max(20, group.rows.map(\.label.count).max() ?? 0) + 2
        var months = "".padded(labelWidth)
        var days = "".padded(labelWidth)
        var last = ""
        for monday in group.weeks {
            let month = Wording.shortMonth(monday)
            months += (month == last ? "" : month).padded(5)
            days += "\(monday.day)".padded(5)
            last = month
        }
        let rows = group.rows.map { row in row.label.padded(labelWidth) + content(row) }
        let legend = group.legend.map { "\($0.symbol) \($0.letter) \($0.name)" }
        let shades = Season.Shade.allCases.filter { shade in
            group.rows.contains { $0.cells.contains { $0.shade == shade } }
        }
        let closing = (legend + shades.map { "\($0.symbol) \($0.name)" }).joined(separator: "   ")
        return [group.title, months, days].map(\.trimmingEnd) + rows.map(\.trimmingEnd) + [closing]
    }

    private func content(_ row: Season.Row) -> String {
        if let number = row.unscheduled { return "could not be scheduled (\(number)), see below" }
        if row.sessions.isEmpty { return "cancelled" }
        return row.cells.map { cell in
            if let first = cell.marks.first {
                let more = cell.marks.count > 1 ? (cell.marks[1].symbol + cell.marks[1].letter) : ""
                return (first.symbol + first.letter + more).padded(5)
            }
            return (cell.shade.map { $0.symbol + $0.symbol } ?? ".").padded(5)
        }.joined()
    }

    private func unscheduled() -> [String] {
        ["Not scheduled"]
            + season.unscheduled.enumerated().flatMap { index, entry -> [String] in
                let reasons = entry.reasons.enumerated().flatMap { position, reason in
                    Layout.wrap(position == 0 ? "\(entry.label): \(reason)" : reason, indent: 5)
                }
                let remedies = entry.remedies.enumerated().flatMap { position, remedy in
                    Layout.wrap(
                        "\(letter(position))) \(remedy)\(position == entry.remedies.count - 1 ? "." : ", or")",
                        indent: 7, hanging: 3)
                }
                let first = "  \(index + 1)  " + (reasons.first ?? "").drop { $0 == " " }
                return [first] + reasons.dropFirst()
                    + (remedies.isEmpty ? [] : ["     It \(entry.isVerified ? "would" : "might") fit if"] + remedies)
            }
    }

    private func letter(_ index: Int) -> Character { Character(UnicodeScalar(UInt8(97 + index % 26))) }
}

extension Season.Shade {
    fileprivate var symbol: String {
        switch self {
        case .closed: "░"
        case .inset: "▒"
        case .examinations: "▓"
        }
    }

    fileprivate var name: String {
        switch self {
        case .closed: "closed"
        case .inset: "INSET day"
        case .examinations: "examinations"
        }
    }
}

/// Text in columns and lines of a terminal.
enum Layout {
    static let width = 110

    /// Lines of at most the width, the first indented, the others hanging so much further.
    static func wrap(_ text: String, indent: Int, hanging: Int = 0) -> [String] {
        var lines: [String] = []
        var current = String(repeating: " ", count: indent)
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, current.count + word.count + 1 > width {
                lines.append(current)
                current = String(repeating: " ", count: indent + hanging)
                isEmpty = true
            }
            current += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [current]
    }
}

extension String {
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
