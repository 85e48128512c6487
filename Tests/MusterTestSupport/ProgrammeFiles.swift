import Foundation

/// The config of a small programme: four schools, five people, one cycle with one host.
public struct ProgrammeFiles: Sendable {
    /// Where it lies, in `config`.
    public let folder: TemporaryDirectory

    /// The config folder.
    public var config: String { folder.path + "/config" }

    /// A time before its cycle.
    public static let now = "2026-11-24T09:00:00Z"

    /// Writes it; `operator` is added to `muster.yaml`.
    public init(operator lines: String = "", calendar: String = "calendars/head.ics") throws {
        folder = try TemporaryDirectory()
        try folder.write(
            """
            organiser: { name: "Tâmar reviews", address: reviews@example.test }
            \(lines)
            planning: { rounds: 40 }
            rooms:
              - { id: zoom, capacity: 1, link: https://meet.example/abc }
            """, to: "config/muster.yaml")
        try folder.write(
            """
            urn,name,phase,region,trust,pupils,terms
            900001,Oakford Primary,Primary,South West,,180,county
            900002,Ysgol Bryn Ŵyn,Primary,South West,,240,county
            900003,Hillside Infants,Primary,North West,,90,county
            900004,Dock Road Primary,Primary,North West,,310,county
            """, to: "config/programme/schools.csv")
        try folder.write(
            """
            id,name,email,school,roles,calendars,hours
            a.marsh,Ann Marsh,a.marsh@example.test,900001,head,\(calendar),
            s.ellis,Siân Ellis,s.ellis@example.test,900002,head;lead,,
            j.patel,"Patel, Jay",j.patel@example.test,900002,reviewer,,Mon-Thu 08:00-17:00
            k.o,Kerry O'Neill,k.o@example.test,900003,reviewer;lead,,
            m.khan,Mo Khan,m.khan@example.test,900004,champion,,
            """, to: "config/programme/people.csv")
        try folder.write(
            """
            layer: county
            terms:
              - { name: Spring term, dates: 2027-01-05 to 2027-03-25 }
            closed:
              - { name: Half-term, dates: 2027-02-15 to 2027-02-19 }
            bank-holidays: { file: bank-holidays.json }
            """, to: "config/programme/terms/county.yaml")
        try folder.write(
            #"{"england-and-wales": {"division": "england-and-wales", "events": [{"title": "New Year’s Day", "date": "2027-01-01", "notes": "", "bunting": true}, {"title": "Summer bank holiday", "date": "2027-08-30", "notes": "", "bunting": true}]}}"#,
            to: "config/programme/terms/bank-holidays.json")
        try folder.write(
            """
            partnership: tamar
            name: Tamar Valley
            coordinator: { name: Coordinator, address: coordinator@example.test }
            schools: [900001, 900002, 900003, 900004]
            """, to: "config/programme/partnerships/tamar.yaml")
        try folder.write(
            """
            cycle: spring
            name: Rapid Response, spring term 2027
            partnership: tamar
            dates: 2027-01-11 to 2027-03-24
            team: { lead: 1, reviewer: 1, champion: 1 }
            stages:
              - id: pre-review
                name: Pre-review meeting
                purpose: to agree the key enquiry question
                length: 60 min
                room: zoom
                attend: [host, lead]
                times: [13:30-15:00, 15:45-17:00]
              - id: review
                length: 150 min
                mode: blended
                attend: [host, lead, reviewer]
                after: 5 to 15 school days
                times: 09:00-15:15
              - id: workshop
                name: Improvement Workshop
                length: 2 h
                attend: [host, champion, lead]
                after: 3 to 10 school days
                times: 13:00-17:00
            hosts:
              - { school: 900001, theme: reading, question: "How well does blended learning keep up reading progress?" }
            """, to: "config/programme/cycles/spring.yaml")
        try folder.write(Self.calendar, to: "config/programme/calendars/head.ics")
    }

    /// Ann Marsh is away until the middle of January and teaches on Wednesdays.
    public static let calendar = """
        BEGIN:VCALENDAR\r
        VERSION:2.0\r
        PRODID:-//Google Inc//Google Calendar 70.9054//EN\r
        BEGIN:VEVENT\r
        UID:course@google.com\r
        DTSTART;VALUE=DATE:20270111\r
        DTEND;VALUE=DATE:20270116\r
        SUMMARY:Secret title\r
        END:VEVENT\r
        BEGIN:VEVENT\r
        UID:lesson@google.com\r
        DTSTART;TZID=GMT Standard Time:20270106T090000\r
        DTEND;TZID=GMT Standard Time:20270106T170000\r
        RRULE:FREQ=WEEKLY\r
        END:VEVENT\r
        END:VCALENDAR\r

        """

    /// Puts one text in the place of another in a file below `config`; fails where the first is not there.
    public func replace(_ old: String, with new: String, in file: String) throws {
        let path = config + "/" + file
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard text.contains(old) else { throw Subprocess.Failure(description: "\(file) does not contain \(old)") }
        try folder.write(text.replacing(old, with: new), to: "config/" + file)
    }
}
