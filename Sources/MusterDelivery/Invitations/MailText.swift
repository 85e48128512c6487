/// What a mail says, part by part, as the templates lay it out.
struct MailText {
    var subject: String
    var title: String
    var partnership: String
    var cycle: String
    var opening: String
    var changes: [String] = []
    var rows: [(name: String, lines: [String])]
    var checklist: [String] = []
    var request: String
    var reason: String
    /// The colour of the bar above the HTML.
    var accent = "#1f6f5c"

    /// The names that templates know.
    var context: [String: Any] {
        let rows = rows.map { row -> [String: Any] in
            [
                "name": row.name, "label": row.name.padding(to: TextLayout.labelWidth),
                "text": TextLayout.wrap(row.lines),
                "lines": row.lines.map { $0.hasPrefix("https://") ? ["link": $0] : ["line": $0] },
            ]
        }
        return [
            "subject": subject, "title": title, "partnership": partnership, "cycle": cycle, "opening": opening,
            "hasChanges": !changes.isEmpty, "changes": changes, "rows": rows, "hasChecklist": !checklist.isEmpty,
            "checklist": checklist, "request": request, "reason": reason, "accent": accent,
        ]
    }
}

/// The layout of plain text: labels in one column, texts in the next, lines short enough to be quoted.
enum TextLayout {
    static let labelWidth = 13
    private static let width = 76

    static func wrap(_ lines: [String]) -> String {
        let indent = String(repeating: " ", count: labelWidth)
        return lines.flatMap { $0.split(whereSeparator: \.isNewline) }
            .flatMap { wrap(String($0), width - labelWidth) }.joined(separator: "\n" + indent)
    }

    /// The lines of a text, none longer than a width where its words allow that.
    static func wrap(_ line: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = "" + word
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return lines + [current]
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
