import CivilTime
import TextEncodings

/// The body of a request.
struct Question {
    let text: String

    private init(_ element: String, _ content: String) {
        text = """
            <?xml version="1.0" encoding="utf-8"?>
            <\(element) xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/">\
            \(content)</\(element)>
            """
    }

    /// What a resource is, and where it leads.
    static let properties = Question(
        "d:propfind",
        """
        <d:prop><d:resourcetype/><d:displayname/><d:current-user-principal/><d:sync-token/><s:getctag/>\
        <c:calendar-home-set/><c:supported-calendar-component-set/><c:schedule-calendar-transp/></d:prop>
        """)

    /// The events that overlap a window (RFC 4791 §7.8).
    static func events(in window: Range<Instant>) -> Question {
        Question(
            "c:calendar-query",
            """
            \(data)<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">\(range(window))\
            </c:comp-filter></c:comp-filter></c:filter>
            """)
    }

    /// Resources by their addresses (RFC 4791 §7.9).
    static func objects(_ references: [String]) -> Question {
        Question("c:calendar-multiget", data + references.map { "<d:href>\(Markup.escaped($0))</d:href>" }.joined())
    }

    /// What changed since a state (RFC 6578 §3.2).
    static func changes(since version: String) -> Question {
        Question(
            "d:sync-collection",
            """
            <d:sync-token>\(Markup.escaped(version))</d:sync-token><d:sync-level>1</d:sync-level>\
            <d:prop><d:getetag/></d:prop>
            """)
    }

    /// When somebody is busy (RFC 4791 §7.10).
    static func freeBusy(in window: Range<Instant>) -> Question { Question("c:free-busy-query", range(window)) }

    private static let data = "<d:prop><d:getetag/><c:calendar-data/></d:prop>"

    private static func range(_ window: Range<Instant>) -> String {
        "<c:time-range start=\"\(basic(window.lowerBound))\" end=\"\(basic(window.upperBound))\"/>"
    }

    /// `20270111T140000Z`.
    private static func basic(_ instant: Instant) -> String { instant.description.filter { $0 != "-" && $0 != ":" } }

}
