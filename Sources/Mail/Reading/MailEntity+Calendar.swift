/// An iCalendar object that a mail brought (RFC 6047).
public struct CalendarPart: Hashable, Sendable {
    /// The object; in UTF-8, or as it came where nothing says how its characters are written.
    public let content: [UInt8]
    /// The method that the part names, in upper case; the object itself has the last word.
    public let method: String?

    /// An object that was found.
    public init(content: [UInt8], method: String?) {
        self.content = content
        self.method = method
    }
}

extension MailEntity {
    /// The iCalendar objects of a mail, those first that ask to be acted upon; what comes twice is there once.
    ///
    /// Found are `text/calendar`, `application/ics` and files named `*.ics`, in mails inside the mail too.
    public var calendarParts: [CalendarPart] {
        let ranked = leaves.compactMap { leaf in leaf.calendarRank.map { (rank: $0, part: leaf.calendarPart) } }
        // Sorting by rank alone keeps the order of those with the same.
        let sorted = ranked.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
        return sorted.map(\.element.part).reduce(into: []) { parts, part in
            if !parts.contains(where: { $0.content == part.content }) { parts.append(part) }
        }
    }

    /// Whether the mail brings something in the form that only Outlook reads (TNEF, `winmail.dat`).
    public var holdsTNEF: Bool {
        leaves.contains {
            $0.header.contentType.value.hasSuffix("/ms-tnef") || $0.filename?.lowercased() == "winmail.dat"
        }
    }

    private var calendarRank: Int? {
        let type = header.contentType
        if type.value == "text/calendar" { return type["method"] == nil ? 1 : 0 }
        if type.value == "application/ics" { return 2 }
        return filename?.lowercased().hasSuffix(".ics") == true ? 3 : nil
    }

    private var calendarPart: CalendarPart {
        let type = header.contentType
        let saysNothing = [nil, "utf-8", "us-ascii", "ascii"].contains(type["charset"]?.lowercased())
        return CalendarPart(
            content: saysNothing ? content : Array(text.utf8), method: type["method"]?.uppercased())
    }
}
