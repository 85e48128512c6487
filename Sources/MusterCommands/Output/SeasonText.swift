import CivilTime
import MusterModel

/// The season for a terminal: a line for each school, with the dates of its sessions.
struct SeasonText {
    let season: Season

    /// The sessions of every cycle, for so many schools and events at most.
    func dates(atMost most: Int) -> [String] {
        guard most > 0 else { return [] }
        var left = most
        var lines: [String] = []
        for group in season.groups where left > 0 {
            lines += ["", group.title] + group.rows.prefix(left).flatMap { row($0, of: group) }
            left -= group.rows.count
        }
        return left < 0 ? lines + ["… and \(Wording.count(-left, "row")) more; --season shows them all"] : lines
    }

    private func row(_ row: Season.Row, of group: Season.Group) -> [String] {
        let width = group.rows.map(\.label.count).max() ?? 0
        let lead = "  " + row.label.padded(width + 2)
        if let number = row.unscheduled, row.sessions.isEmpty { return [lead + "not scheduled (\(number))"] }
        if row.sessions.isEmpty { return [lead + "cancelled"] }
        let stages = Set(group.rows.flatMap { $0.sessions.map(\.stage) }).map(\.count).max() ?? 0
        return row.sessions.enumerated().map { index, session in
            (index == 0 ? lead : "".padded(lead.count)) + session.stage.padded(stages + 2) + session.when
        }
    }

    /// What does not fit, why, and what would help.
    func unscheduled() -> [String] {
        guard !season.unscheduled.isEmpty else { return [] }
        return ["", "Not scheduled"]
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
}

extension Instant {
    /// `Wed 13 Jan 2027, 14:00 UK time`.
    var inWords: String {
        let name = "Europe/London"
        guard let zone = TimeZoneDatabase.system[name] else { return "\(Wording.moment(self, in: .utc)) UTC" }
        return "\(Wording.moment(self, in: zone)) \(Wording.zone(name))"
    }
}
