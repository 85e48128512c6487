import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import MusterWeb
import Testing

@testable import MusterOperations

@Suite struct `Who is in reserve` {
    private let world: PageWorld

    init() throws {
        world = try PageWorld()
        // Two who could lead in place of the one that does.
        try world.files.replace(
            "m.khan,Mo Khan,",
            with: """
                b.one,Bea One,b.one@example.test,,lead;reviewer,,
                c.two,Cai Two,c.two@example.test,,lead;reviewer,,
                m.khan,Mo Khan,
                """, in: "programme/people.csv")
    }

    /// Publishes, has the lead decline, and returns them with the proposal that follows.
    private func declined() async throws -> (lead: PersonID, change: PlanChange) {
        try await world.publish()
        let session = try world.session("900001/review")
        let lead = try #require(session.details.participants.first { $0.role == "lead" }?.person)
        let request = RecordAnswer.Request(
            session: session.details.id.rawValue, person: lead.rawValue, status: .declined, comment: "")
        _ = try await RecordAnswer.run(request, in: try world.workspace()) { _ in }
        return (lead, try await proposed())
    }

    private func proposed() async throws -> PlanChange {
        guard case .proposed(let change, _) = try await world.workspace().followUp(Workspace.PlanningOptions()) else {
            throw Workspace.Failure("nothing was proposed", exitCode: 1)
        }
        return change
    }

    private func seats(_ number: Int) async throws -> [ProposedSeat] {
        try await ShowProposal.run(ShowProposal.Request(number: number), in: try world.workspace()) { _ in }.seats
    }

    private func mails() throws -> [OutboxMessage] {
        try world.workspace().store.messages().filter { $0.reason == "stand-in" }
    }

    private func ask(_ number: Int) async throws -> [String] {
        let request = ApproveProposal.Request(number: number)
        return try await AskStandIns.run(request, in: try world.workspace()) { _ in }.asked
    }

    private func path(_ person: PersonID) throws -> String {
        let mail = try #require(try mails().last { $0.person == person })
        let text = String(decoding: mail.content, as: UTF8.self).replacing("=\r\n", with: "")
        return String(try #require(text.firstMatch(of: /https:\/\/reviews\.example(\/step-in\/[0-9a-f]{72})/)?.1))
    }

    @Test func `may be asked first, and a yes needs no second answer`() async throws {
        let (lead, change) = try await declined()
        let seat = try #require(try await seats(change.number).first)
        #expect(seat.state == .notAsked && seat.person != lead && seat.role == "lead reviewer", "\(seat)")
        #expect(try await ask(change.number) == [seat.name])
        #expect(try await ask(change.number) == [], "once")
        #expect(try mails().count == 1 && mails()[0].recipient == "\(seat.person)@example.test")
        #expect(try world.workspace().store.openChange()?.number == change.number, "nothing is decided by that")

        let door = try path(seat.person)
        try await world.browse { browser in
            _ = try await browser.get(door)
            let early = try await browser.post(door, ["answer": "yes"])
            #expect(early.status == 409, "a scanner presses at once")
            world.clock.later(90)
            let nothing = try await browser.post(door, [:])
            #expect(nothing.status == 400)
            let elsewhere = try await browser.post(door, ["answer": "yes"], site: "cross-site")
            #expect(elsewhere.status == 403)
            let said = try await browser.post(door, ["answer": "yes"])
            #expect(said.status == 303)
            let page = try await browser.get(door)
            #expect(page.text.contains("you have said that you could"))
            let wrong = try await browser.get(door.replacing("/step-in/", with: "/answer/"))
            #expect(wrong.status == 404, "of no use for anything else")
            try await browser.signIn(.coordinator)
            let shown = try await browser.get("/proposals/\(change.number)")
            #expect(shown.text.contains("\(seat.name), lead reviewer at Oakford Primary: says yes"), "\(shown.text)")
        }
        #expect(try await seats(change.number).map(\.state) == [.agreed])
        let again = try await proposed()
        #expect(again.number == change.number, "what they say changes nothing else")
        let request = ApproveProposal.Request(number: change.number)
        _ = try await ApproveProposal.run(request, in: try world.workspace()) { _ in }
        let session = try world.session("900001/review")
        let answers = try world.workspace().store.answers(of: [session.uid])[session.uid] ?? []
        let attendance = Attendance(session.details, answers).answers.first { $0.participant.person == seat.person }
        #expect(attendance?.answer?.status == .accepted)
    }

    @Test func `who says no is not asked again, and the next proposal has somebody else`() async throws {
        let (lead, change) = try await declined()
        let first = try #require(try await seats(change.number).first)
        _ = try await ask(change.number)
        let door = try path(first.person)
        world.clock.later(90)
        try await world.browse { browser in
            let said = try await browser.post(door, ["answer": "no"])
            #expect(said.status == 303)
        }
        world.clock.later(3600)
        let next = try await proposed()
        #expect(next.number != change.number)
        let seats = try await seats(next.number)
        #expect(!seats.isEmpty && seats.allSatisfy { $0.person != first.person && $0.person != lead }, "\(seats)")
        let events = try world.workspace().store.events().map(\.kind)
        #expect(events.contains("stand-in.asked") && events.contains("attendee.declined"))
    }

    @Test func `is asked by a button, by whom it is for to decide`() async throws {
        let (_, change) = try await declined()
        try await world.browse { browser in
            try await browser.signIn(.other)
            let refused = try await browser.act("/proposals/\(change.number)", ["do": "ask"])
            #expect(refused.status == 404)
            let own = browser.another
            try await own.signIn(.coordinator)
            let page = try await own.get("/proposals/\(change.number)")
            #expect(page.text.contains("First ask those who would step in"))
            let asked = try await own.act("/proposals/\(change.number)", ["do": "ask"])
            #expect(asked.status == 303)
            let after = try await own.get("/proposals/\(change.number)")
            #expect(!after.text.contains("First ask those who would step in") && after.text.contains(": asked"))
        }
        #expect(try mails().count == 1)
    }
}
