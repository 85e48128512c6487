import CivilTime
import MusterModel
import Testing

@Suite struct `What changed of a session` {
    private static func person(_ name: String, _ role: String) -> SessionDetails.Participant {
        SessionDetails.Participant(
            person: name, name: name, address: "\(name)@school.example", role: role, school: nil, isRequired: true)
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
        (
            changed { $0.visibility = .public },
            "Please rely on this: it takes the place of what you were told before."
        ),
        (changed { $0.alarms = [15] }, "Please rely on this: it takes the place of what you were told before."),
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
}
