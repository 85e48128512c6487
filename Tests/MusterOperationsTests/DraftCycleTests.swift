import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

@Suite struct `The draft of the next cycle` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles()
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
        try files.folder.write(
            """
            poll: themes
            title: Themes
            question: "Which theme next?"
            use: theme
            ask: { roles: [head] }
            open: 2026-11-01 to 2027-12-01
            choices:
              - { id: reading, text: Reading }
              - { id: number, text: Number }
            """, to: "config/programme/polls/themes.yaml")
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func draft() async throws -> DraftCycle.Response {
        try await DraftCycle.run(DraftCycle.Request(cycle: "summer", earlier: "spring"), in: try workspace()) { _ in }
    }

    private func line(_ school: SchoolID, in text: String) throws -> String {
        try #require(text.split(separator: "\n").first { $0.contains("school: \(school)") }.map(String.init))
    }

    @Test func `has those as hosts who waited longest, with what they gave, received and would like`() async throws {
        _ = try await PublishPlan.run(PublishPlan.Request(), in: try workspace()) { _ in }
        let before = try await draft()
        #expect(try line("900001", in: before.text).contains("hosted until 2027-03-24"))
        #expect(!before.text.contains("reviews given"), "nothing was held yet: \(before.text)")

        clock.later(try #require(Instant(iso: "2027-04-01T09:00:00Z")) - clock.now)
        let team = try workspace().store.ledger(at: clock.now).sessions(of: "spring/900001").flatMap(\.team)
        let programme = try workspace().programme
        let schools = Set(team.compactMap { programme.person($0)?.school }).subtracting(["900001"])
        try #require(!schools.isEmpty)
        for head in programme.people where head.roles.contains("head") {
            let answer = RecordPollAnswer.Request(poll: "themes", person: head.id.rawValue, choices: ["number"])
            _ = try await RecordPollAnswer.run(answer, in: try workspace()) { _ in }
        }
        let after = try await draft()
        let host = try line("900001", in: after.text)
        #expect(host.hasPrefix("  # - { school: 900001, theme: number }"), "who has just hosted waits: \(host)")
        #expect(host.contains("reviews given 0, received 1") && host.contains("reviewed by "), "\(host)")
        for school in schools {
            #expect(try line(school, in: after.text).contains("has not hosted yet; reviews given 1, received 0"))
            #expect(host.contains(try #require(programme.school(school)).name))
        }
        let first = try #require(programme.schools.first { $0.name == after.hosts.first })
        #expect(schools.contains(first.id), "of those who never hosted, those first who gave: \(after.hosts)")

        try files.folder.write(
            after.text.replacing(/dates: #.*/, with: "dates: 2027-04-19 to 2027-07-09").replacing(
                /name: #.*/, with: "name: Summer"), to: "config/programme/cycles/summer.yaml")
        #expect(try workspace().programme.cycles.contains { $0.id == "summer" }, "it is a config without errors")
    }

    @Test func `is refused where there is no such cycle, and changes nothing`() async throws {
        let request = DraftCycle.Request(cycle: "summer", earlier: "sprung")
        await #expect(throws: Workspace.Failure.self) {
            try await DraftCycle.run(request, in: try workspace()) { _ in }
        }
    }
}
