import CivilTime
import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterConfiguration

@Suite struct `Checking the config` {
    struct Mistake: CustomTestStringConvertible, Sendable {
        let file: String
        let old: String
        let new: String
        let line: Int?
        let column: Int?
        let message: String
        var testDescription: String { "\(file): \(new.prefix(40))" }

        init(_ file: String, _ old: String, _ new: String, _ line: Int?, _ column: Int?, _ message: String) {
            self.file = file
            self.old = old
            self.new = new
            self.line = line
            self.column = column
            self.message = message
        }
    }

    static let cycle = "programme/cycles/spring.yaml"
    static let people = "programme/people.csv"
    static let mistakes = [
        Mistake(cycle, "purpose: to", "purpos: to", 9, 5, "unknown key \"purpos\"; did you mean \"purpose\"?"),
        Mistake(
            cycle, "partnership: tamar", "partnership: tamer", 3, 14,
            "no partnership \"tamer\"; did you mean \"tamar\"?"),
        Mistake(
            cycle, "attend: [host, lead]", "attend: [host, leed]", 12, 20,
            "\"leed\" is neither host nor a role of \"team\"; did you mean \"lead\"?"),
        Mistake(cycle, "length: 60 min", "length: an hour", 10, 13, "should be a length such as 60 min"),
        Mistake(
            cycle, "after: 5 to 15 school days", "after: 15 to 5 school days", 18, 12,
            "the least (15) is more than the most (5)"),
        Mistake(cycle, "2027-01-11 to 2027-03-24", "2027-03-24 to 2027-01-11", 4, 8, "lies before"),
        Mistake(cycle, "2027-01-11 to 2027-03-24", "2027-02-30", 4, 8, "there is no day 2027-02-30"),
        Mistake(cycle, "room: zoom", "room: zom", 11, 11, "no room \"zom\" in muster.yaml; did you mean \"zoom\"?"),
        Mistake(
            cycle, "mode: blended", "mode: hybrid", 16, 11, "should be one of \"online\", \"in person\", \"blended\""),
        Mistake(
            cycle, "times: [13:30-15:00, 15:45-17:00]", "times: [13:30-14:00]", 13, 12,
            "no window of \"times\" is as long as the session"),
        Mistake(cycle, "school: 900001", "school: 900009", 27, 15, "no school \"900009\" in schools.csv"),
        Mistake(cycle, "stages:\n", "stages\n", nil, nil, "this is no valid YAML"),
        Mistake(cycle, "cycle: spring", "cycle: spring\ncycle: again", nil, nil, "stands twice"),
        Mistake(people, "a.marsh@example.test", "a.marsh at example", 2, 19, "is no mail address"),
        Mistake(
            people, "Ann Marsh,a.marsh@example.test", "Ann Marsh,\"a@example.test\nBcc: x@y.example\"", 2, 19,
            "is no mail address"),
        Mistake(people, "900001,head", "900010,head", 2, nil, "no school \"900010\""),
        Mistake(people, "k.o,", "a.marsh,", 5, nil, "stands here a second time"),
        Mistake(people, "Mon-Thu 08:00-17:00", "Mon-Thu 8 to 5", 4, nil, "should be hours such as"),
        Mistake(people, "id,name,email", "id,name,addres", 1, nil, "no column \"email\""),
        Mistake(people, "Kerry O'Neill", "\"Kerry O'Neill", nil, nil, "quotes of this row do not match"),
        Mistake(people, "m.khan,Mo Khan", "m.khan,Mo, Khan", 6, nil, "a text with a comma needs quotes"),
        Mistake(
            "programme/schools.csv", "240,county", "240,cuonty", 3, nil,
            "no layer \"cuonty\" in terms/; did you mean \"county\"?"),
        Mistake("programme/terms/county.yaml", "2027-02-15", "2027-02-31", 5, nil, "there is no day 2027-02-31"),
        Mistake("programme/terms/bank-holidays.json", "{", "<html>{", nil, nil, "not gov.uk's bank-holidays.json"),
        Mistake(
            "muster.yaml", "organiser:",
            "mail: { transport: smtp, smtp: { host: h, user: u, password: hunter2 } }\norganiser:", 1, nil,
            "secrets do not stand in the config"),
        Mistake(
            "muster.yaml", "organiser:",
            "mail: { transport: smtp, smtp: { host: h, user: u, password: file:/x, security: none } }\norganiser:", 1,
            nil, "must not go over a connection without TLS"),
        Mistake(
            "muster.yaml", "https://meet.example/abc", "javascript:alert(1)", nil, nil,
            "should be an address that begins with https://"),
        Mistake(
            "muster.yaml", "organiser:",
            "mail: { transport: smtp, smtp: { host: h, user: u, password: file:/x, google: { key: file:/y } } }\norganiser:",
            1, nil, "\"user\" needs one of"),
        Mistake(
            "muster.yaml", "organiser:",
            "mail: { transport: smtp, smtp: { host: \"smtp.example:587\" } }\norganiser:", 1, nil,
            "the port stands under \"port\""),
        Mistake(
            "muster.yaml", "organiser:", "mail: { transport: smtp, smtp: { host: \"smtp.example \" } }\norganiser:", 1,
            nil, "should be the name of a host"),
        Mistake(
            "muster.yaml", "organiser:", "mail: { transport: smtp, smtp: { host: smtp://h } }\norganiser:", 1, nil,
            "should be the name of a host"),
        Mistake(
            "muster.yaml", "organiser:",
            "mail: { transport: smtp, smtp: { host: h, rate: 30 per hour } }\norganiser:", 1, nil,
            "should be a rate such as 30 per minute"),
        Mistake(
            "muster.yaml", "organiser:",
            "webhooks:\n  - { id: a, url: https://x.example, secrets: file:/s, events: session.movd }\norganiser:", 2,
            nil,
            "there is no event \"session.movd\"; did you mean \"session.moved\"?"),
        Mistake(
            "muster.yaml", "organiser:", "webhooks:\n  - { id: a, url: https://x.example }\norganiser:", 2, 5,
            "the endpoint cannot know that a webhook is ours"),
        Mistake(
            "muster.yaml", "organiser:",
            "webhooks:\n  - { id: mail, url: https://x.example, format: slack }\norganiser:", 2, nil, "not \"mail\""),
        Mistake(
            "muster.yaml", "organiser:", "listen: 0.0.0.0:9617\norganiser:", 1, 9,
            "should be an address of this machine alone"),
        Mistake(
            "muster.yaml", "organiser:",
            "listen: 127.0.0.1:9617\nfeeds: { listen: 127.0.0.1:9617 }\norganiser:", 2, 18,
            "this needs a port or socket of its own"),
        Mistake(
            "muster.yaml", "organiser:", "pages: { listen: 0.0.0.0:443, address: https://a.example }\norganiser:", 1,
            18,
            "should be an address of this machine alone"),
        Mistake(
            "muster.yaml", "organiser:",
            "pages: { listen: 0.0.0.0:443, certificate: file:a, address: https://a.example }\norganiser:", 1, nil,
            "\"key\" is missing here"),
        Mistake(
            "muster.yaml", "organiser:", "feeds: { listen: 127.0.0.1:443, key: file:a }\norganiser:", 1, nil,
            "a key proves nothing without the \"certificate\""),
        Mistake(
            "muster.yaml", "organiser:",
            "pages: { listen: \"[::]:443\", certificate: file:a, key: file:b }\norganiser:", 1,
            nil, "\"address\" is missing here"),
        Mistake(
            "muster.yaml", "organiser:", "pages: { listen: /run/muster/pages.sock }\norganiser:", 1, 18,
            "no browser opens /"),
        Mistake(
            "muster.yaml", "organiser:", "listen: /\(String(repeating: "a", count: 100))\norganiser:", 1, 9,
            "has at most 100 bytes"),
        Mistake(
            "muster.yaml", "organiser:",
            "listen: /a.sock\nfeeds: { listen: /a.sock, address: https://a.example }\norganiser:",
            2, 18, "this needs a port or socket of its own"),
        Mistake(
            "muster.yaml", "organiser:", "feeds: { address: reviews.example }\norganiser:", 1, 19,
            "should be an address that begins with https://"),
        Mistake("muster.yaml", "organiser:", "retention: 2 years\norganiser:", 1, 12, "should be a number of months"),
        Mistake(
            cycle, "hosts:\n", "deadlines:\n  - { id: d, due: 5 days before review, who: host }\nhosts:\n", 27, 19,
            "should be days from a stage"),
        Mistake(
            cycle, "hosts:\n", "deadlines:\n  - { id: d, due: 5 school days before reviw, who: host }\nhosts:\n", 27,
            19,
            "no stage \"reviw\"; did you mean \"review\"?"),
        Mistake(
            cycle, "hosts:\n", "reminders: [7 days, 168 h]\nhosts:\n", 26, 21, "is the same as another reminder"),
        Mistake(
            cycle, "hosts:\n", "rules: { out-at-once: 1 per 9223372036854775807 pupils }\nhosts:\n", 26, 23,
            "should be unlimited, a number, or 1 per 200 pupils"),
        Mistake(cycle, "length: 60 min", "length: 2 days", 10, 13, "should be a length such as 60 min"),
        Mistake(
            cycle, "after: 5 to 15 school days", "after: [5 to 15 school days, trainin]", 14, nil,
            "the cycle has no such training event"),
        Mistake(people, "calendars/head.ics", "https://ann:secret@cal.example/a.ics", 2, nil, "calendars: logins"),
        Mistake(
            "muster.yaml", "https://meet.example/abc", "https://u:secret@meet.example/abc", nil, nil,
            "a password in this address"),
        Mistake(
            cycle, "hosts:\n",
            "training: [{ id: t, school: 900001, length: 1 h, invited: { file: /etc/passwd } }]\nhosts:\n", 26, nil,
            "a list of people stands in the programme's folder"),
        Mistake(
            cycle, "hosts:\n",
            "training: [{ id: t, school: 900001, length: 1 h, invited: { file: a/../../x } }]\nhosts:\n", 26, nil,
            "a list of people stands in the programme's folder"),
        Mistake("programme/schools.csv", "county", "county,x", 2, nil, "a text with a comma needs quotes"),
        Mistake(
            "programme/partnerships/tamar.yaml", "coordinator: {", "digest: hourly\ncoordinator: {", 3, 9,
            "should be one of \"daily\""),
    ]

    @Test(arguments: mistakes)
    func `finds a mistake, says where and what to do`(mistake: Mistake) throws {
        let files = try ProgrammeFiles()
        #expect(!ProgrammeLoader(directory: files.config).load().hasErrors)
        try files.replace(mistake.old, with: mistake.new, in: mistake.file)
        let errors = ProgrammeLoader(directory: files.config).load().diagnostics.filter { $0.severity == .error }
        let found = errors.first { $0.message.contains(mistake.message) }
        #expect(found != nil, "\(errors.map(\.description))")
        if let line = mistake.line { #expect(found?.location.line == line) }
        if let column = mistake.column { #expect(found?.location.column == column) }
        #expect(found?.location.file.hasSuffix(mistake.file) == true)
    }

    @Test func `finds every mistake at once`() throws {
        let files = try ProgrammeFiles()
        for index in [0, 1, 13, 17, 21] {
            try files.replace(Self.mistakes[index].old, with: Self.mistakes[index].new, in: Self.mistakes[index].file)
        }
        let errors = ProgrammeLoader(directory: files.config).load().diagnostics.filter { $0.severity == .error }
        for index in [1, 13, 17, 21] { #expect(errors.contains { $0.message.contains(Self.mistakes[index].message) }) }
    }

    @Test(
        arguments: [
            (people, nil), (people, ""), (people, "\u{0}"), (people, "id;name\na.marsh;Ann Marsh\n"),
            (people, "id,name,email\n\"a.marsh,Ann Marsh,a@x.example\nk.o,Kerry,k@x.example\n"),
            ("programme/schools.csv", nil), ("programme/schools.csv", "urn;title\n900001;Oakford\n"),
            ("programme/partnerships/tamar.yaml", "partnership: tamar\n"), ("programme/partnerships/tamar.yaml", "{"),
            ("programme/terms/county.yaml", "terms: [2027-01-04 to 2027-03-26]\n"), (cycle, "cycle: [\n"),
        ] as [(String, String?)])
    func `gives a file that cannot be read its one error, and nobody who is named elsewhere another`(
        file: String, text: String?
    ) throws {
        let files = try ProgrammeFiles()
        if let text {
            try files.folder.write(text, to: "config/" + file)
        } else {
            try FileManager.default.removeItem(atPath: files.config + "/" + file)
        }
        let errors = ProgrammeLoader(directory: files.config).load().diagnostics.filter { $0.severity == .error }
        #expect(errors.count == 1 && errors[0].location.file.hasSuffix(file), "\(errors.map(\.description))")
    }

    @Test(arguments: [
        (cycle, "2027-01-11 to 2027-03-24", "2027-08-02 to 2027-09-24", "is never open during the cycle"),
        (
            cycle, "2027-01-11 to 2027-03-24", "2027-01-11 to 2027-12-24",
            "bank holidays end on 2027-08-30, before the cycle"
        ),
        (people, "head;lead", "head", "without a calendar"),
        (people, "k.o@example.test", "kérry@example.test", "take no address with such letters (SMTPUTF8)"),
        (people, "champion", "champio", "needs 1 with the role \"champion\" in each team and 0 have it"),
        (
            "programme/schools.csv", "Dock Road Primary,Primary,North West,", "Dock Road Primary,Primary,North West,T",
            "4 people without"
        ),
        ("muster.yaml", "organiser:", webhook("http://192.168.1.7:5678/hook"), "leads into a private network"),
        ("muster.yaml", "organiser:", webhook("https://[fd00::1]/"), "leads into a private network"),
        ("muster.yaml", "organiser:", webhook("http://localhost:8080/"), "leads into a private network"),
        ("muster.yaml", "organiser:", webhook("http://n8n.local/"), "leads into a private network"),
        (
            "muster.yaml", "organiser:", "feeds: { address: http://reviews.example/feeds }\norganiser:",
            "listens on the way"
        ),
        ("muster.yaml", "organiser:", webhook("http://n8n:5678/"), "leads into a private network"),
        (cycle, "mode: blended", "mode: online", "join \"Review\" online and are told no address"),
        (cycle, "room: zoom", "room: zoom\n    mode: in person", "is in person, and has a link"),
        (cycle, "name: Improvement Workshop", "name: Online workshop\n    mode: in person", "says that it is online"),
        (cycle, "attend: [host, champion, lead]", "attend: []", "nobody comes to \"Improvement Workshop\""),
        (cycle, "5 to 15 school days", "5 to 15 days", "counts the days on which the host is open"),
        (
            cycle, "hosts:\n", "training:\n  - { id: t, length: 1 h, school: 900002, mode: online }\nhosts:\n",
            "nobody comes to \"T\""
        ),
    ])
    func `warns of what will go wrong`(file: String, old: String, new: String, message: String) throws {
        let files = try ProgrammeFiles()
        try files.replace(old, with: new, in: file)
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(
            result.diagnostics.contains { $0.severity == .warning && $0.message.contains(message) },
            "\(result.diagnostics)")
    }

    private static func webhook(_ url: String, _ more: String = "") -> String {
        "webhooks:\n  - { id: a, url: \"\(url)\", secrets: file:/s\(more) }\norganiser:"
    }

    @Test(arguments: [
        webhook("https://hooks.example/muster"), webhook("https://203.0.114.7/"), webhook("https://[2a00::1]/"),
        webhook("http://192.168.1.7/", ", private-network: yes"),
    ])
    func `lets webhooks go where they may go`(webhooks: String) throws {
        let files = try ProgrammeFiles()
        try files.replace("organiser:", with: webhooks, in: "muster.yaml")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(!result.diagnostics.contains { $0.message.contains("private network") }, "\(result.diagnostics)")
    }

    @Test func `warns when everyone with a role is of the host's trust`() throws {
        let files = try ProgrammeFiles()
        try files.replace("South West,,180", with: "South West,Tidewater,180", in: "programme/schools.csv")
        try files.replace("North West,,310", with: "North West,Tidewater,310", in: "programme/schools.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(
            result.diagnostics.contains {
                $0.message.contains("everyone with the role \"champion\" is of the trust Tidewater")
            })
    }

    @Test(arguments: ["webcal://cal.example/a.ics", "WEBCALS://cal.example/a.ics", "HTTPS://cal.example/a.ics"])
    func `reads the address of a calendar whatever its scheme looks like`(address: String) throws {
        let files = try ProgrammeFiles(calendar: address)
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(result.programme.calendars.map(\.location) == ["https://cal.example/a.ics"])
    }

    @Test func `takes a day for a day of school, within the times of the stage`() throws {
        let files = try ProgrammeFiles()
        try files.replace("length: 150 min", with: "length: 1 day", in: Self.cycle)
        try files.replace("length: 2 h", with: "length: 1 day", in: Self.cycle)
        try files.replace("times: 13:00-17:00", with: "", in: Self.cycle)
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(result.programme.cycles[0].stages.map(\.length) == [60, 375, 360])
        #expect(result.programme.cycles[0].stages[2].times.map { "\($0)" } == ["09:00..<15:00"])
    }

    @Test func `tells the school in which an event takes place, and nobody's school of one online`() throws {
        let files = try ProgrammeFiles()
        let training = "{ id: t, length: 1 h, school: 900002, invited: [k.o], mode: in person }"
        try files.replace("hosts:\n", with: "training:\n  - \(training)\nhosts:\n", in: Self.cycle)
        func invited() throws -> [PersonID] {
            try #require(
                ProgrammeLoader(directory: files.config).load().programme.cycles.first?.training.first?.invited)
        }
        #expect(try invited() == ["k.o", "s.ellis"])
        try files.replace("mode: in person }", with: "mode: online }", in: Self.cycle)
        #expect(try invited() == ["k.o"])
    }

    @Test func `takes people to be where their school is, unless they say where they are`() throws {
        let files = try ProgrammeFiles()
        try files.folder.write(
            """
            urn,name,terms,time-zone
            900001,Oakford Primary,county,
            900002,Funchal International,county,Atlantic/Madeira
            900003,Hillside Infants,county,
            900004,Dock Road Primary,county,Asia/Karachi
            """, to: "config/programme/schools.csv")
        try files.folder.write(
            """
            id,name,email,school,roles,time-zone
            a.marsh,Ann Marsh,a.marsh@example.test,900001,head,
            s.ellis,Siân Ellis,s.ellis@example.test,900002,lead;head,
            j.patel,Jay Patel,j.patel@example.test,900002,reviewer,Europe/London
            m.khan,Mo Khan,m.khan@example.test,900004,champion;reviewer,
            """, to: "config/programme/people.csv")
        let zones = ProgrammeLoader(directory: files.config).load().programme.people.map(\.zone.name)
        #expect(zones == ["Europe/London", "Atlantic/Madeira", "Europe/London", "Asia/Karachi"])
    }

    @Test func `reads bank holidays as a calendar, and timetables of two weeks`() throws {
        let files = try ProgrammeFiles()
        try files.folder.write(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270118\r\nSUMMARY:A holiday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            to: "config/programme/terms/holidays.ics")
        try files.replace("bank-holidays.json", with: "holidays.ics", in: "programme/terms/county.yaml")
        try files.replace("layer: county", with: "layer: county\nweek-a: 2027-01-04", in: "programme/terms/county.yaml")
        try files.folder.write(
            "person,day,start,end,label,week\na.marsh,Mon,09:00,10:00,Maths,A\na.marsh,Tue,09:00,10:00,PPA,B\na.marsh,Wed,09:00,10:00,Free Period,A\n",
            to: "config/programme/timetables/oakford.csv")
        let result = ProgrammeLoader(directory: files.config).load()
        #expect(!result.hasErrors, "\(result.diagnostics)")
        let school = try #require(result.programme.school("900001"))
        #expect(school.days.kind(of: try #require(CivilDate(iso: "2027-01-18"))) == .closed)
        #expect(school.days.weekLetter(of: try #require(CivilDate(iso: "2027-01-12"))) == "B")
        #expect(school.days.weekLetter(of: try #require(CivilDate(iso: "2027-02-23"))) == "A")
        #expect(result.programme.person("a.marsh")?.commitments.map(\.kind) == [.lesson, .protected])
    }
}
