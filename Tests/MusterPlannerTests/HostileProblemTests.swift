import MusterPlanner
import MusterTestSupport
import Testing

@Suite struct `A problem that a stranger wrote` {
    private static let problem = """
        {"format":"muster-problem/1","start":"2027-01-04T00:00:00Z","slotMinutes":15,"horizon":960,"weekday":0,"buffer":1,
        "people":[{"id":"ann","school":"s1","region":"sw","qualifications":["lead","reviewer"],"themes":["reading"],
        "free":[[36,60],[132,156]],"avoid":[[40,44,3]],"maxPerDay":1,"maxPerWeek":2,"maxTracks":3,"offset":0},
        {"id":"ben","school":"s2","region":"sw","qualifications":["reviewer"],"free":[[36,60],[132,156],[228,252]]},
        {"id":"cid","qualifications":["lead"],"free":[[30,70],[130,160],[220,260]]}],
        "schools":[{"id":"s1","maxPerDay":2},{"id":"s2","maxPerDay":1}],"rooms":[{"id":"zoom","capacity":1}],
        "groups":[{"id":"g","maxTracks":2}],
        "tracks":[{"id":"t","school":"s1","priority":5,"distinctSchools":true,"theme":"reading","offset":0,"group":"g",
        "roles":[{"id":"lead","count":1},{"id":"reviewer","count":1}],"previous":["ben"],"required":["ann"],
        "stages":[{"id":"a","slots":4,"window":[36,60],"roles":["lead"],"room":"zoom","startEvery":2},
        {"id":"b","slots":4,"free":[[132,156]],"roles":["lead","reviewer"],"gap":[1,10],"avoid":[[132,136,2]]}]}],
        "held":[{"track":"x","group":"g","team":["ben"],
        "sessions":[{"start":-40,"slots":4,"team":["ben"],"required":["ann"]}]}],
        "published":[{"track":"t","starts":{"a":40,"b":136},"team":{"lead":["cid"],"reviewer":["ben"]}}],
        "pinned":[{"track":"t","starts":{"a":40},"team":{}}],
        "weights":{"load":3,"balance":2,"swap":20,"move":50,"theme":5}}
        """

    @Test func `is planned as it was written`() throws {
        let problem = try Array(Self.problem.utf8).withUnsafeBytes { try Problem(json: $0) }
        #expect(try Planner(problem).solve(Planner.Budget(rounds: 2)).solution.tracks.count == 1)
    }

    @Test func `is refused where a track has more stages than can be searched`() throws {
        let stages = (0..<20_000).map { #"{"id":"\#($0)","slots":1}"# }.joined(separator: ",")
        let text = #"{"format":"muster-problem/1","horizon":9600,"tracks":[{"id":"t","stages":[\#(stages)]}]}"#
        let problem = try Array(text.utf8).withUnsafeBytes { try Problem(json: $0) }
        #expect(throws: ProblemError.self) { try Planner(problem) }
    }

    @Test(arguments: 1...4)
    func `is planned, or refused with a sentence, and never ends the program`(seed: Int) throws {
        var planned = 0
        for bytes in Mutations(of: [Self.problem], count: 2500, seed: UInt64(seed)) {
            do {
                let problem = try bytes.withUnsafeBytes { try Problem(json: $0) }
                try problem.validate()
                _ = try Planner(problem).solve(Planner.Budget(rounds: 2, seed: 1))
                planned += 1
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
        #expect(planned > 0, "the seed itself is no problem")
    }
}
