import CivilTime
import MusterModel
import Testing

@Suite struct `An earlier plan` {
    private func plan(_ sessions: [(String, Int)]) -> Plan {
        Plan(tracks: [
            Plan.PlannedTrack(
                id: "c/1",
                sessions: sessions.map {
                    Plan.PlannedSession(stage: $0.0, start: Instant(seconds: $0.1), end: Instant(seconds: $0.1 + 60))
                }, team: [:])
        ])
    }

    @Test(
        arguments: [
            // earlier, later, published again at 100
            ([("r", 200)], [("r", 300)], [("r", 200)]),  // both to come: as it was
            ([("r", 200)], [("r", 50)], [("r", 50)]),  // held meanwhile: as it was held
            ([("r", 50)], [("r", 200)], [("r", 200)]),  // its old time has passed: as people know it
            ([("r", 50)], [], []),  // cancelled, and its time has passed: gone
            ([("r", 200)], [], [("r", 200)]),  // cancelled, to come: back
        ] as [([(String, Int)], [(String, Int)], [(String, Int)])])
    func `is taken up but for what has begun`(earlier: [(String, Int)], later: [(String, Int)], again: [(String, Int)])
    {
        #expect(plan(earlier).keeping(begunIn: plan(later), at: Instant(seconds: 100)) == plan(again))
    }
}
