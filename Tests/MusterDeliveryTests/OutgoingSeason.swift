import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import Testing
import Transport

/// A season as hard as mails can meet: names in every script, long texts, zones of every kind, and everything that can
/// happen to a session.
struct OutgoingSeason {
    /// A mail that was delivered, and what the outbox knows of it.
    struct Delivered {
        let message: OutboxMessage
        let mail: OutgoingMail

        /// What a failed expectation says of it.
        var name: String { "\(message.kind) to \(message.recipient): \(message.subject)" }

        /// Whom the object names: all who take part, or the recipient alone.
        func attendees(_ details: SessionDetails) -> [String] {
            let isAlone = message.kind == .cancellation || !details.showsParticipants
            let shown = isAlone ? [message.recipient] : details.participants.map(\.address)
            return shown.map { "mailto:\($0.lowercased())" }
        }
    }

    /// The season that all suites look at.
    static let whole = Task { try await OutgoingSeason() }

    /// Hosts, by the names of their zones.
    static let hosts: KeyValuePairs = [
        "Europe/London": "Ysgol Gynradd Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Ŵyn",
        "Europe/Dublin": "Scoil Náisiúnta Bhaile Átha Cliath; Príomhscoil, “An Dá Thaobh”",
        "Asia/Karachi": "سرکاری پرائمری اسکول لاہور",
        "Africa/Casablanca": "École Al Massira, Casablanca",
        "America/St_Johns": "St. John's \"Bay\" School",
        "Atlantic/Reykjavik": "Skóli \(String(repeating: "Langanafn", count: 12))",
        "UTC": "Ship's School",
    ]

    private static let people: [(name: String, address: String, zone: String?)] = [
        ("Siân Llywelyn-Ŵyn", "Sian.Llywelyn@Ysgol.Example", nil),
        ("Máire Ní Dhomhnaill, Príomhoide", "maire@scoil.example", "Europe/Dublin"),
        ("عائشہ \"Ayesha\" خان", "ayesha@school.example", "Asia/Karachi"),
        ("O'Neill; Pat: <head> =?x?=", "o'neill+x@school.example", "America/St_Johns"),
        (String(repeating: "🎓👩🏽‍🏫ŵ", count: 20), "long@school.example", nil),
        ("\"\u{301}a:\u{301};\u{301}^\u{301}\r\nATTENDEE:x", "marks@school.example", "Africa/Casablanca"),
    ]

    /// Commas, semicolons, backslashes, line breaks and letters of two, three and four octets at every distance.
    private static let purpose =
        "to see <b>“how”</b> & why <script src=\"https://evil.example/x.js\">\r\n"
        + (0..<60).map { String(repeating: "w", count: $0 % 8) + ",;\\ŵ\n\\n—🎓" }.joined()

    /// Everything that was delivered, in order.
    let delivered: [Delivered]

    init() async throws {
        let world = try World(organiser: "Adolygiadau Dyffryn Tâmar, “Tamar”")
        var written: [OutboxMessage] = []
        var sessions = Self.hosts.enumerated().map { Self.details($0, $1.key, host: $1.value) }
        let crowd = Self.crowd
        func publish() async throws {
            written += try world.publish(sessions + [crowd])
            try await world.send()
        }
        try await publish()
        sessions[0].start = sessions[0].start + 86_400
        sessions[0].end = sessions[0].end + 86_400
        sessions[1].question = "A ydyn nhw’n darllen?"
        sessions[2].participants[1] = Self.participant(0, "reviewer")
        sessions[3].link = "https://teams.microsoft.com/l/meetup-join/\(String(repeating: "x", count: 200))"
        sessions[4].place = "St. John's, \"Bay\" Hall; 1 Long\\Road"
        try await publish()
        let cancelled = sessions.remove(at: 5)
        try await publish()
        sessions.append(cancelled)
        sessions[2].participants[1] = Self.participant(3, "reviewer")
        try await publish()
        try await Self.remind(world)
        written += try world.store.messages([.delivered]).filter { $0.kind == .reminder || $0.kind == .digest }
        let sent = Dictionary(uniqueKeysWithValues: world.transport.sent.map { ($0.identifier, $0) })
        #expect(sent.count == written.count)
        delivered = try written.map { message in
            let envelope = try #require(sent[message.messageID])
            #expect(envelope.recipient == message.recipient)
            return Delivered(message: message, mail: OutgoingMail(envelope.message))
        }
    }

    /// Reminds of every session and of a deadline, and sends a digest.
    private static func remind(_ world: World) async throws {
        func go(to moment: Instant, _ subject: OccasionReminders) async throws {
            world.later(moment - world.now)
            #expect(try world.reminders.runOnce([subject], at: world.now) == subject.recipients.count)
            try await world.send()
        }
        var days = SchoolDays()
        days.terms = [
            SchoolDays.Period(
                name: "Year",
                dates: try #require(CivilDate(iso: "2027-01-01"))...(#require(CivilDate(iso: "2028-12-31"))))
        ]
        for session in try world.store.publishedSessions().sorted(by: { $0.details.start < $1.details.start }) {
            let clock = ReminderClock(
                zone: try #require(TimeZoneDatabase.system[session.details.zone]), days: days)
            let subject = OccasionReminders(session: session, rules: [.before(minutes: 1440)], clock: clock)
            let deadline = Deadline(
                id: "report", name: "Ysgrifennu’r adroddiad", stage: "review", schoolDays: 1, who: ["host"])
            try await go(to: session.details.start - 7200, subject)
            let report = subject.deadline(deadline, people: session.details.participants)
            try await go(to: report.moment - 3600, report)
        }
        let partnership = Partnership(
            id: "tamar", name: "Dyffryn Tâmar",
            coordinator: Partnership.Contact(name: "Jo", address: "jo@school.example"),
            digest: .daily, schools: [])
        let schedule = DigestSchedule(.daily, zone: .utc, days: [days])
        let digests = DigestRun(store: world.store, notices: world.notices)
        world.later(7 * 86_400 - world.now.seconds % (7 * 86_400) + 8 * 3600)  // a Thursday morning
        #expect(
            try digests.runOnce(partnership, schedule, at: world.now) { _ in [DigestRun.Section("Newyddion", [purpose])]
            })
        try await world.send()
    }

    private static func participant(_ index: Int, _ role: String) -> SessionDetails.Participant {
        let person = people[index % people.count]
        return SessionDetails.Participant(
            person: "p\(index)", name: person.name, address: person.address, role: role, school: "Ysgol Ŵyn",
            isRequired: role != "invited", zone: person.zone)
    }

    private static func details(_ index: Int, _ zone: String, host: String) -> SessionDetails {
        // Winter and summer in turn; in Casablanca the month of Ramadan, in which clocks go back.
        let start = Instant(seconds: 1_800_000_000 + index * 14 * 86_400 + (index.isMultiple(of: 2) ? 15_552_000 : 0))
        let begin = zone == "Africa/Casablanca" ? Instant(seconds: 1_803_117_600) : start
        return SessionDetails(
            id: "c/\(index)/review", stage: "Review", host: host, purpose: purpose, question: nil,
            checklist: ["Bring photo ID; <i>always</i>, please"], start: begin, end: begin + 5400, zone: zone,
            place: index.isMultiple(of: 3) ? nil : host, link: "https://meet.google.com/abc-defg-hij",
            mode: index.isMultiple(of: 3) ? .online : .blended,
            participants: [
                participant(index, "host"), participant(index + 1, "reviewer"), participant(index + 2, "lead"),
                participant(index + 3, "invited"),
            ], showsParticipants: true, partnership: "Dyffryn Tâmar; Tamar, Valley", cycle: "Spring 2027",
            contact: Partnership.Contact(name: "Jo", address: "jo@school.example"), alarms: [10_080, 1440, 15],
            visibility: [nil, .public, .private, .confidential][index % 4],
            allowsProposals: [nil, true, false][index % 3])
    }

    /// A training event of many, none of whom hear of another.
    private static var crowd: SessionDetails {
        var crowd = details(8, "Europe/London", host: "")
        crowd.id = "c/event/training"
        crowd.host = nil
        crowd.place = nil
        crowd.mode = .online
        crowd.stage = "Hyfforddiant i bawb"
        crowd.showsParticipants = false
        crowd.participants = (0..<30).map { index in
            SessionDetails.Participant(
                person: "q\(index)", name: "Guest \(index)", address: "guest.\(index)@school.example", role: "invited",
                school: nil, isRequired: false)
        }
        return crowd
    }
}

extension [OutgoingSeason.Delivered] {
    /// Mails that carry an object, with it.
    var objects: [(delivered: OutgoingSeason.Delivered, object: OutgoingObject)] {
        compactMap { delivered in delivered.mail.object.map { (delivered, $0) } }
    }
}
