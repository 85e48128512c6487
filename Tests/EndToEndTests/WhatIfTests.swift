import Foundation
import MusterTestSupport
import Testing

@Suite struct `What a plan costs, and what would be if` {
    private let programme: MusterProgram

    init() throws {
        programme = MusterProgram(files: try ProgrammeFiles())
        #expect(try programme("apply").status == 0)
    }

    @Test func `is told for the published and the proposed plan, term by term`() throws {
        let same = try programme("plan", "--compare").output
        #expect(same.contains("published   proposed"))
        let load = try #require(same.split(separator: "\n").first { $0.contains("load:") })
        #expect(load.split(separator: " ").suffix(2) == ["9", "9"], "three people are in one team: 3 points each")
        try programme.files.replace(
            "hosts:", with: "weights: { load: 100 }\nhosts:", in: "programme/cycles/spring.yaml")
        let dearer = try programme("plan", "--compare").output
        #expect(dearer.split(separator: "\n").first { $0.contains("load:") }?.hasSuffix("300        300") == true)
    }

    @Test func `names the people who would come instead`() throws {
        let result = try programme("explain", "--what-if", "person:s.ellis teams 0")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("If Siân Ellis could be in 0 teams:"))
        #expect(
            result.output.contains("lead reviewer would be Kerry O'Neill instead of Siân Ellis"), "\(result.output)")
    }

    @Test func `names what could not be held any more, and changes nothing`() throws {
        let result = try programme("explain", "--what-if", "person:m.khan teams 0")
        #expect(result.output.contains("Oakford Primary could not be scheduled any more"), "\(result.output)")
        #expect(try programme("plan", "--detailed-exitcode").status == 0)
    }

    @Test func `takes times on a person's own clocks`() throws {
        let nothing = try programme("explain", "--what-if", "person:m.khan free 2027-02-13 09:00-12:00")
        #expect(nothing.output.contains("If Mo Khan were free on Sat 13 Feb 09:00–12:00:\n  nothing would change"))
        let outside = try programme("explain", "--what-if", "person:m.khan busy 2031-02-13 09:00-12:00")
        #expect(outside.status == 64 && outside.errors.contains("outside the season"))
    }

    @Test(arguments: [
        "", "m.khan", "person:m.khan happy", "person:nobody teams 1", "weight:speed 3", "person:m.khan teams x",
    ])
    func `asks again where nobody can say what is meant`(assumption: String) throws {
        #expect(try programme("explain", "--what-if", assumption).status == 64)
    }

    @Test func `says why in words and in codes for scripts`() throws {
        try programme.files.replace(
            "m.khan@example.test,900004,champion,,", with: "m.khan@example.test,900004,reviewer,,",
            in: "programme/people.csv")
        let result = try programme("plan", "--json")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let plan = try #require(json["plan"] as? [String: Any])
        let left = try #require((plan["unscheduled"] as? [[String: Any]])?.first)
        #expect(left["codes"] as? [String] == ["NO_ROLE_POOL"])
        #expect(left["isVerified"] as? Bool == true, "somebody could be made champion")
    }
}
