import CivilTime
import MusterModel
import MusterTestSupport
import Testing

@Suite struct `What changed of a session` {
    private static func person(_ name: String, _ role: String) -> SessionDetails.Participant {
        SessionDetails.Participant(
            person: PersonID(name), name: name, address: "\(name)@school.example", role: role, school: nil,
            isRequired: true)
    }

    private static let session = SessionDetails(
        id: "spring/1/review", stage: "Review", host: "Oakford", purpose: "", question: "How?", checklist: [],
        start: Instant(seconds: 1_799_762_400), end: Instant(seconds: 1_799_766_000), zone: "Europe/London",
        place: "Oakford", link: "https://meet.example/a", mode: .blended,
        participants: [person("Ann", "host"), person("Bob", "reviewer")], showsParticipants: true,
        partnership: "Tamar", cycle: "Spring", contact: nil, alarms: [])

    private static func changed(_ change: (inout SessionDetails) -> Void) -> SessionDetails {
        var session = session
        change(&session)
        return session
    }

    @Test(arguments: [
        (
            changed { $0.start = $0.start + 1800 },
            "New time: 14:30 to 15:00 (it was 14:00 to 15:00) on Tue 12 January."
        ),
        (
            changed { $0.start = $0.start + 86_400 },
            "New date: moved from Tue 12 January, 14:00, to Wed 13 January, 14:00."
        ),
        (changed { $0.participants[1] = person("Cai", "reviewer") }, "Cai takes the place of Bob (reviewer)."),
        (changed { $0.participants.removeLast() }, "Bob no longer takes part."),
        (changed { $0.participants.append(person("Dee", "invited")) }, "Dee joins (invited)."),
        (changed { $0.link = "https://meet.example/b" }, "New address to join at: https://meet.example/b"),
        (changed { $0.place = "Hall" }, "New place: Hall."),
        (changed { $0.question = "Why?" }, "The key enquiry question now reads: “Why?”"),
        (
            changed { $0.visibility = .private },
            "Colleagues who may look into your calendar can read only that you are busy then."
        ),
        (changed { $0.mode = .online }, "It is online now; nobody needs to travel."),
        (changed { $0.mode = .inPerson }, "It is in person now, and not online."),
        (changed { $0.link = nil }, "The address to join at that you had is no longer right."),
        (changed { $0.zone = "Europe/Paris" }, "Its times are those of Paris time now."),
        (changed { $0.stage = "Visit" }, "It is called “Visit” now (it was “Review”)."),
        (changed { $0.host = "Oakford Primary" }, "The school is Oakford Primary."),
        (changed { $0.purpose = "to look" }, "Purpose: to look."),
        (changed { $0.question = nil }, "The key enquiry question is open again."),
        (changed { $0.checklist = ["Bring ID."] }, "Before you come: Bring ID."),
        (changed { $0.participants[1].role = "lead" }, "Bob comes as lead reviewer (it was reviewer)."),
        (changed { $0.showsParticipants = false }, "Nothing that anybody needs to know."),
        (changed { $0.visibility = .public }, "Nothing that anybody needs to know."),
        (changed { $0.alarms = [15] }, "Nothing that anybody needs to know."),
    ])
    func `is told in a sentence`(changed: SessionDetails, sentence: String) {
        #expect(Self.session.changes(to: changed) == [sentence])
    }

    @Test func `is told to each by their own clocks, and of others only where they are shown`() {
        var before = Self.session
        before.visibility = .confidential
        var after = Self.session
        after.start = after.start + 3600
        after.showsParticipants = false
        after.participants = [Self.person("Ann", "host")]
        var reader = Self.person("Ann", "host")
        reader.zone = "Asia/Karachi"
        #expect(
            before.changes(to: after, for: reader) == [
                "New time: 20:00 to 20:00 (it was 19:00 to 20:00) on Tue 12 January.",
                "Colleagues who may look into your calendar can read what it is about again.",
            ])
    }

    private static let parts: [@Sendable (inout SessionDetails, Int) -> Void] = [
        { $0.start = $0.start + 900 * $1 }, { $0.end = $0.end + 900 * $1 }, { $0.stage += "\($1)" },
        { $0.host = $1 == 1 ? nil : "H\($1)" }, { $0.purpose += "\($1)" }, { $0.question = $1 == 1 ? nil : "Q\($1)" },
        { $0.checklist = (0..<$1).map { "C\($0)" } }, { $0.place = $1 == 1 ? nil : "P\($1)" },
        { $0.link = $1 == 1 ? nil : "https://l.example/\($1)" }, { $0.mode = [.online, .inPerson, .blended][$1] },
        { $0.participants[0].role = "role\($1)" }, { $0.participants[1] = person("X\($1)", "reviewer") },
        { details, _ in details.participants.removeLast() }, { details, _ in details.participants.reverse() },
        { $0.alarms = [$1] }, { $0.partnership += "\($1)" }, { $0.cycle += "\($1)" },
        { $0.contact = Partnership.Contact(name: "N\($1)", address: "n@x.example") },
        { $0.visibility = [.public, .private, .confidential][$1] }, { $0.allowsProposals = $1 == 1 },
        { $0.participants[0].name += "\($1)" }, { $0.participants[0].school = "S\($1)" },
        {
            $0.participants[1].isRequired.toggle(); _ = $1
        }, { $0.participants[1].address = "new\($1)@x.example" },
    ]

    /// A law: who is told something reads what, and what nobody needs to know makes no mail.
    @Test func `is told in words of its own, or to nobody`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            var after = Self.session
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                Self.parts.randomElement(using: &random)?(&after, Int.random(in: 0...2, using: &random))
                guard after.participants.count == 2 else { break }
            }
            let published = PublishedSession(uid: "u", sequence: 0, created: Instant(seconds: 0), details: Self.session)
            let change = ChangeSet(published: [published], next: [after]).changes.first
            let stay = change?.notifications.filter { [.moved, .substituted, .changed].contains($0.reason) } ?? []
            let sentences = Self.session.changes(to: after)
            #expect(!sentences.contains { $0.hasPrefix("Please rely") } || stay.isEmpty, "\(after)")
            #expect(
                stay.isEmpty == (sentences == ["Nothing that anybody needs to know."]) || after.participants.count < 2
                    || Set(after.participants.map(\.person)) != ["Ann", "Bob"], "\(sentences) \(stay.count)")
        }
    }
}
