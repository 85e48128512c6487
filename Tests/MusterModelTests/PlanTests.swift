import CivilTime
import MusterModel
import Testing

@Suite struct `An earlier plan` {
    private func plan(_ sessions: [(String, Int)]) -> Plan {
        sessions.isEmpty
            ? Plan()
            : Plan(tracks: [
                Plan.PlannedTrack(
                    id: "c/1",
                    sessions: sessions.map {
                        Plan.PlannedSession(
                            stage: $0.0, start: Instant(seconds: $0.1), end: Instant(seconds: $0.1 + 60))
                    }, team: [:])
            ])
    }

    @Test(
        arguments: [
            // earlier, later, published again at 100
            ([("p", 150), ("r", 200)], [("p", 160), ("r", 300)], [("p", 150), ("r", 200)]),  // all to come: as it was
            ([("p", 150), ("r", 200)], [("p", 50), ("r", 300)], [("p", 50), ("r", 300)]),  // begun meanwhile: as it is
            ([("p", 50), ("r", 200)], [("p", 150), ("r", 300)], [("p", 150), ("r", 300)]),  // its old time is past
            ([("p", 50)], [], []),  // cancelled, and its time has passed: gone
            ([("p", 200)], [], [("p", 200)]),  // cancelled, to come: back
            ([], [("p", 50)], [("p", 50)]),  // new since, and begun: it stays
            ([], [("p", 150)], []),  // new since, to come: gone
        ] as [([(String, Int)], [(String, Int)], [(String, Int)])])
    func `is taken up but for what has begun`(earlier: [(String, Int)], later: [(String, Int)], again: [(String, Int)])
    {
        let merged = plan(earlier).keeping(begunIn: plan(later), at: Instant(seconds: 100))
        #expect(merged == plan(again))
    }
}
