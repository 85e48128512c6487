import Foundation
import MusterTestSupport
import Testing

@Suite struct `Calendars on a CalDAV server` {
    private func programme(_ server: CalendarServer, secret: String) throws -> MusterProgram {
        let login = "{ host: 127.0.0.1, user: muster, password: \"file:\(secret)\" }"
        return MusterProgram(
            files: try ProgrammeFiles(
                operator: "calendars: { refresh-hours: 0, logins: [\(login)] }", calendar: server.location + "/alice/"))
    }

    /// The planned beginning of the pre-review meeting, such as `2027-01-18T13:30:00Z`.
    private func preReview(_ programme: MusterProgram) throws -> String {
        struct Answer: Decodable {
            struct Plan: Decodable { let tracks: [Track] }
            struct Track: Decodable { let sessions: [Session] }
            struct Session: Decodable {
                let stage: String
                let start: String
            }
            let plan: Plan
        }
        let output = try programme("plan", "--json").output
        let plan = try JSONDecoder().decode(Answer.self, from: Data(output.utf8)).plan
        return try #require(plan.tracks.flatMap(\.sessions).first { $0.stage == "pre-review" }, "\(output)").start
    }

    @Test func `keep those busy whose calendars they are, and are read again where they change`() throws {
        let server = try CalendarServer(.radicale)
        try server.make("lessons")
        let programme = try programme(server, secret: server.passwordFile)
        #expect(try programme("check").status == 0)
        let first = try preReview(programme)
        try server.put("lesson", at: first.filter { $0 != "-" && $0 != ":" }, in: "lessons")
        #expect(try preReview(programme) != first)
        try server.remove("lesson", from: "lessons")
        #expect(try preReview(programme) == first)
    }

    @Test func `are said to be unknown, and why, where the password is wrong`() throws {
        let server = try CalendarServer(.radicale)
        let folder = try TemporaryDirectory()
        let programme = try programme(server, secret: try folder.write("wrong\n", to: "secret"))
        let output = try programme("plan").output
        #expect(output.contains("unknown") && output.contains("wants another user and password"), "\(output)")
        #expect(folder.names(in: ".") == ["secret"])
    }
}
