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

    /// The names that templates know, and what each stands for.
    static let variables: KeyValuePairs<String, String> = [
        "subject": "the subject of the mail",
        "title": "its heading",
        "partnership": "the name of the partnership",
        "cycle": "the name of the cycle",
        "opening": "the first sentence: what the mail is about",
        "hasChanges": "a section: whether something changed",
        "changes": "a section: a sentence for each change, {{.}} in it",
        "rows": "a section: when, where, who, …; in it name, label, text and lines",
        "name": "in rows: what the row is about, as When",
        "label": "in rows: the same, filled up with spaces to one width",
        "text": "in rows: its lines, wrapped for plain text",
        "lines": "in rows, a section: its lines one by one; in it line or link",
        "line": "in lines: a line of text",
        "link": "in lines: an address to follow, in place of a line",
        "linkText": "in lines: what is shown of the address",
        "hasChecklist": "a section: whether there is something to prepare",
        "checklist": "a section: each thing to prepare, {{.}} in it",
        "request": "what the recipient is asked to do",
        "reason": "why the recipient gets the mail",
        "accent": "the colour of the mail's kind, as #1f6f5c",
    ]

    /// The row in which the link to one's own page stands.
    static let answerRow = "Your answer"
    /// The row with the page on which whoever runs an event says who was there.
    static let attendanceRow = "Who was there"

    /// A long address would make a mail wider than a phone: then its host is shown.
    private static func shown(_ link: String, in row: String) -> String {
        if row == answerRow { return "answer on the page" }
        if row == attendanceRow { return "say so on the page" }
        if row == "It is done" { return "say so on the page" }
        guard link.count > 60 else { return link }
        return link.dropFirst("https://".count).prefix { $0 != "/" } + "/…"
    }

    /// What the names stand for in this mail.
    var context: [String: Any] {
        let rows = rows.map { row -> [String: Any] in
            [
                "name": row.name, "label": row.name.padding(to: TextLayout.labelWidth),
                "text": TextLayout.wrap(row.lines),
                "lines": row.lines.map { line in
                    line.hasPrefix("https://")
                        ? ["link": line, "linkText": Self.shown(line, in: row.name)] : ["line": line]
                },
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
