import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `An event on several dates` {
    private let world: PageWorld
    private static let people: [PersonID] = ["s.ellis", "j.patel", "k.o", "m.khan", "a.marsh"]

    init() throws { world = try Self.world(places: 4) }

    private static func world(places: Int) throws -> PageWorld {
        let world = try PageWorld()
        try world.addTraining(
            link: "https://meet.example/training",
            [
                "invited: [\(people.map(\.rawValue).joined(separator: ", "))]",
                "dates: [2027-01-11 to 2027-01-22, 2027-02-01 to 2027-02-12]", "places: \(places)",
            ], cycle: ["feedback:", "  questions: [How useful was it?]", "  stages: [training]"])
        return world
    }

    private func session(_ number: Int) throws -> PublishedSession { try world.session("/training-\(number)") }

    private func invited(_ number: Int) throws -> Set<PersonID> {
        Set(try session(number).details.participants.filter { $0.role == Duty.invited }.map(\.person))
    }

    private func mails(_ person: PersonID, _ number: Int) throws -> [OutboxMessage] {
        let id = try session(number).details.id
        return try world.workspace().store.messages().filter { $0.person == person && $0.session?.id == id }.sorted {
            $0.number < $1.number
        }
    }

    private func text(_ message: OutboxMessage) -> String {
        String(decoding: message.content, as: UTF8.self).replacing("=\r\n", with: "")
    }

    private func path(_ person: PersonID, _ number: Int) throws -> String {
        let mail = try #require(try mails(person, number).last)
        return String(
            try #require(text(mail).firstMatch(of: /https:\/\/reviews\.example(\/answer\/[0-9a-f]{72})/)?.1))
    }

    private func followUp() async throws -> String {
        switch try await world.workspace().followUp(Workspace.PlanningOptions()) {
        case .nothing: "nothing"
        case .published: "published"
        case .proposed: "proposed"
        }
    }

    @Test func `asks everybody to one of them, and is told to be one of several`() async throws {
        try await world.publish()
        #expect(try invited(1).union(invited(2)) == Set(Self.people))
        #expect(try invited(1).isDisjoint(with: invited(2)))
        #expect(try session(1).details.start < session(2).details.start)
        for number in 1...2 {
            #expect(
                try session(number).details.participants.contains { $0.person == "z.ali" }, "who runs it, runs both")
            for person in try invited(number) {
                let mail = text(try #require(try mails(person, number).first))
                #expect(mail.replacing("\r\n", with: " ").contains("on 2 dates"), "\(mail)")
            }
        }
        let earlier = try (invited(1), invited(2))
        try world.files.replace("m.khan, a.marsh]", with: "m.khan]", in: "programme/cycles/spring.yaml")
        try await world.publish()
        #expect(
            try invited(1) == earlier.0.subtracting(["a.marsh"]) && invited(2) == earlier.1.subtracting(["a.marsh"]))

        let before = try (invited(1), invited(2), world.workspace().store.messages().count)
        try world.files.replace(
            "2027-02-01 to 2027-02-12]", with: "2027-02-01 to 2027-02-12, 2027-03-01 to 2027-03-12]",
            in: "programme/cycles/spring.yaml")
        try await world.publish()
        let moved = try invited(3)
        #expect(try invited(1) == before.0.subtracting(moved) && invited(2) == before.1.subtracting(moved))
        let told = try world.workspace().store.messages().sorted { $0.number < $1.number }.dropFirst(before.2)
        #expect(
            Set(told.map(\.person)).isSubset(of: moved.union(["z.ali"])),
            "who stays hears nothing: \(told.map(\.subject))")
    }

    @Test func `lets somebody choose another, which is published without asking, and mails nobody else`() async throws {
        try await world.publish()
        let person = try #require(try invited(1).sorted().first)
        let mailsBefore = try world.workspace().store.messages().count
        let target = try session(2).details.id
        try await world.browse { browser in
            let path = try path(person, 1)
            let page = try await browser.get(path)
            #expect(page.text.contains("Another date suits me better") && page.text.contains("value=\"\(target)\""))
            let nothing = try await browser.post(path, ["do": "date"])
            #expect(nothing.status == 409)
            let chosen = try await browser.post(path, ["do": "date", "date": target.rawValue])
            #expect(chosen.status == 303)
            let foreign = try await browser.post(path, ["do": "date", "date": "spring/900001/review"])
            #expect(foreign.status == 409, "only another date of that event")
        }
        #expect(try await followUp() == "published")
        #expect(try await followUp() == "nothing")
        #expect(try !invited(1).contains(person) && invited(2).contains(person))
        _ = try await world.workspace().send()
        let new = try world.workspace().store.messages().sorted { $0.number < $1.number }.dropFirst(mailsBefore)
        #expect(Set(new.map(\.person)) == [person])
        #expect(
            Set(new.map { "\($0.kind) \($0.reason)" }) == ["cancellation left", "invitation joined"])
        let left = try #require(new.first { $0.kind == .cancellation })
        let joined = try #require(new.first { $0.kind == .invitation })
        #expect(left.kind == .cancellation && text(left).replacing("\r\n", with: " ").contains("on another date"))
        #expect(text(joined).contains("https://meet.example/training"), "where to join comes with the place")
        let objects = String(decoding: joined.content, as: UTF8.self).split(separator: "\r\n\r\n").compactMap {
            Data(base64Encoded: String($0.prefix { $0 != "-" }), options: .ignoreUnknownCharacters)
        }.map { String(decoding: $0, as: UTF8.self).replacing("\r\n ", with: "") }
        #expect(objects.contains { $0.contains("PARTSTAT=ACCEPTED") }, "nobody asks them again: \(objects)")
        let history = try world.workspace().store.events().filter { $0.kind == "date.chosen" }
        #expect(history.map(\.actor) == [person.rawValue])

        // They may go back, and what the config says to others stays.
        let request = ChooseDate.Request(person: person, session: try session(1).details.id.rawValue)
        _ = try await ChooseDate.run(request, in: try world.workspace()) { _ in }
        #expect(try await followUp() == "published")
        #expect(try invited(1).contains(person) && !invited(2).contains(person))
    }

    @Test func `gives no place twice, and takes none from whoever chose it, in whatever order they choose and accept`()
        async throws
    {
        var (choices, refusals) = (0, 0)
        for seed in 0..<4 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let world = try Self.world(places: 2)
            try await world.publish()
            /// Where those come who chose a date, unless they said something else since.
            var chosen: [PersonID: SessionID] = [:]
            for step in 0..<14 {
                let workspace = try world.workspace()
                let person = try #require(Self.people.randomElement(using: &random))
                let sessions = try workspace.store.publishedSessions().filter {
                    $0.details.id.stage.hasPrefix("training-")
                }
                let session = try #require(sessions.randomElement(using: &random))
                world.clock.later(60)
                if Bool.random(using: &random) {
                    let request = ChooseDate.Request(person: person, session: session.details.id.rawValue)
                    do {
                        _ = try await ChooseDate.run(request, in: workspace) { _ in }
                        chosen[person] = session.details.id
                        choices += 1
                    } catch is Workspace.Failure {
                        refusals += 1
                    }
                } else if session.details.participants.contains(where: { $0.person == person }) {
                    let says: Answer.Status = Int.random(in: 0..<4, using: &random) == 0 ? .declined : .accepted
                    let request = RecordAnswer.Request(
                        session: session.details.id.rawValue, person: person.rawValue, status: says, comment: "")
                    _ = try await RecordAnswer.run(request, in: workspace) { _ in }
                    if says == .declined || session.details.id != chosen[person] { chosen[person] = nil }
                }
                if step % 3 == 2 { _ = try await world.workspace().followUp(Workspace.PlanningOptions()) }
                _ = try world.workspace().settlePlaces(at: world.clock.now)
                let lists = try sessions.map { try workspace.store.waitingList(of: $0.uid) }
                #expect(lists.allSatisfy { $0.taken <= 2 }, "seed \(seed), step \(step): \(lists)")
                let placed = lists.map(\.peopleWithPlaces)
                #expect(placed[0].isDisjoint(with: placed[1]), "seed \(seed), step \(step): nobody has two")
                for (person, id) in chosen {
                    let index = try #require(sessions.firstIndex { $0.details.id == id })
                    #expect(
                        lists[index].state(of: person) == .placed,
                        "seed \(seed), step \(step): \(person) \(lists[index])")
                }
            }
            _ = try await world.workspace().followUp(Workspace.PlanningOptions())
            for (person, id) in chosen {
                let session = try world.session("\(id.track.host)/\(id.stage)")
                #expect(session.details.participants.contains { $0.person == person }, "seed \(seed): \(person)")
            }
        }
        #expect(choices > 5 && refusals > 5, "\(choices) choices, \(refusals) refused")
    }

    @Test(
        arguments: [
            ("[2027-01-11 to 2027-01-22, 2027-02-01 to 2027-02-12]", "[]", "1 to 20 dates"),
            ("[2027-01-11 to 2027-01-22, 2027-02-01 to 2027-02-12]", "[2027-01-11, soon]", "should be a date"),
            ("2027-02-01 to 2027-02-12]", "2029-02-01 to 2029-02-12]", "outside the dates of the cycle"),
            ("stages: [training]", "stages: [trainings]", "there is no stage"),
        ])
    func `is refused where its dates are none`(old: String, new: String, reason: String) throws {
        try world.files.replace(old, with: new, in: "programme/cycles/spring.yaml")
        let failure = #expect(throws: Workspace.Failure.self) { try world.workspace() }
        #expect(failure?.description.contains(reason) ?? false, "\(failure?.description ?? "")")
    }
}
