import Mustache

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

}

/// What the names stand for in a mail, as templates ask for them.
extension MailText: MustacheParent {
    func child(named name: String) -> Any? {
        switch name {
        case "subject": subject
        case "title": title
        case "partnership": partnership
        case "cycle": cycle
        case "opening": opening
        case "hasChanges": !changes.isEmpty
        case "changes": changes
        case "rows": rows.map(Row.init)
        case "hasChecklist": !checklist.isEmpty
        case "checklist": checklist
        case "request": request
        case "reason": reason
        case "accent": accent
        default: nil
        }
    }

    private struct Row: MustacheParent {
        let name: String
        let lines: [String]

        func child(named name: String) -> Any? {
            switch name {
            case "name": self.name
            case "label": self.name.padding(to: TextLayout.labelWidth)
            case "text": TextLayout.wrap(lines)
            case "lines": lines.map { Line(text: $0, row: self.name) }
            default: nil
            }
        }
    }

    private struct Line: MustacheParent {
        let text: String
        let row: String

        func child(named name: String) -> Any? {
            let isLink = text.hasPrefix("https://")
            return switch name {
            case "line" where !isLink: text
            case "link" where isLink: text
            case "linkText" where isLink: shown(text, in: row)
            default: nil
            }
        }
    }
}

/// The layout of plain text: labels in one column, texts in the next, lines short enough to be quoted.
enum TextLayout {
    static let labelWidth = 13
    private static let width = 76

    static func wrap(_ lines: [String]) -> String {
        let indent = String(repeating: " ", count: labelWidth)
        return lines.flatMap { $0.isPlain ? [$0[...]] : $0.split(whereSeparator: \.isNewline) }
            .flatMap { wrap($0, width - labelWidth) }.joined(separator: "\n" + indent)
    }

    /// How wide a text is.
    private static func width(of text: Substring) -> Int {
        text.isPlain ? text.utf8.count : text.count
    }

    /// The lines of a text, none longer than a width where its words allow that.
    static func wrap(_ line: Substring, _ width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        var used = 0
        for word in line.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init) {
            let needed = Self.width(of: word)
            if !current.isEmpty, used + 1 + needed > width {
                lines.append(current)
                (current, used) = (String(word), needed)
            } else {
                if !current.isEmpty { current += " " }
                current += word
                used += needed + (used > 0 ? 1 : 0)
            }
        }
        return lines + [current]
    }
}

extension StringProtocol {
    /// Whether a character is a byte, and none ends a line.
    fileprivate var isPlain: Bool { utf8.allSatisfy { 0x20..<0x7F ~= $0 } }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
