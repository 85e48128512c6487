import CivilTime
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

@testable import MusterOperations

/// What must hold in every week of two school years, over everything that was ever published.
@Suite struct `Seasons as they are lived` {
    @Test(arguments: [1, 2])
    func `break no rule, and leave every calendar as the plan is`(seed: UInt64) async throws {
        let lived = try LivedProgramme(seed: seed)
        let end = try #require(CivilDate(iso: "2028-04-03"))
        var weeks = 0
        while lived.clock.now.utc.date < end {
            try await lived.happen()
            try await lived.live()
            let store = try lived.workspace().store
            let toCome = try store.publishedSessions().filter { $0.details.start > lived.clock.now }
            let all = Array(lived.held.values) + toCome.map(\.details)
            try #require(
                violations(all) + closed(toCome.map(\.details), lived) == [],
                "seed \(seed), \(lived.clock.now.utc.date)")
            try #require(try wrongCalendars(store) == [], "seed \(seed), \(lived.clock.now.utc.date)")
            #expect(try ledger(store, at: lived.clock.now) == duties(Array(lived.held.values)))
            weeks += 1
        }
        #expect(weeks > 80 && lived.held.count > 25, "\(lived.held.count) sessions were held")
        #expect(lived.undone > 0 && lived.slips > 0 && !lived.closures.isEmpty, "\(lived.undone) plans were undone")
        #expect(lived.mails > 50 && lived.chased > 20, "\(lived.mails) mails, \(lived.chased) asked once more")
        let waiting = try lived.workspace().store.incomingMails()
        #expect(Set(waiting.map(\.state)).isSuperset(of: [.applied, .waiting]), "those who delegate wait")
        #expect(lived.returns == [], "who declined and was replaced is not asked again")
        #expect(lived.declines.values.contains(true), "somebody took the place of somebody")
        #expect(lived.bounced > 5 && lived.replaced > 0, "\(lived.bounced) mails came back")
        let ids = Dictionary(grouping: lived.held.values.flatMap(\.participants), by: \.name)
        let several = ids.mapValues { Set($0.map(\.person)) }.filter { $0.value.count > 1 }
        #expect(several.isEmpty, "who has a new address is who they were")
    }

    // MARK: Rules

    private struct Seat: Hashable {
        let person: String
        let scope: String
    }

    private func violations(_ sessions: [SessionDetails]) -> [String] {
        var teams: [Seat: Set<TrackID>] = [:]
        var days: [Seat: Int] = [:]
        var weeks: [Seat: Int] = [:]
        var visitors: [Seat: Set<String>] = [:]
        for session in sessions {
            let track = session.id.track
            let date = session.start.utc.date
            for person in session.participants {
                days[Seat(person: person.person.rawValue, scope: "\(date)"), default: 0] += 1
                weeks[Seat(person: person.person.rawValue, scope: "\(date.monday)"), default: 0] += 1
                guard person.role != "host" else { continue }
                teams[Seat(person: person.person.rawValue, scope: track.cycle.rawValue), default: []].insert(track)
                visitors[Seat(person: person.person.rawValue, scope: track.host), default: []].insert(
                    track.cycle.rawValue)
            }
        }
        return teams.filter { $0.value.count > LivedProgramme.teamsAtMost }.map { "\($0.key): \($0.value.count) teams" }
            + days.filter { $0.value > 1 }.map { "\($0.key): \($0.value) sessions" }
            + weeks.filter { $0.value > LivedProgramme.sessionsAWeek }.map { "\($0.key): \($0.value) sessions" }
            + visitors.filter { $0.value.count > 1 }.map { "\($0.key) again: \($0.value)" }
            + disorder(sessions)
    }

    /// Sessions to come at a school that is closed, or of somebody whose school is.
    private func closed(_ sessions: [SessionDetails], _ lived: LivedProgramme) -> [String] {
        sessions.flatMap { session in
            lived.closures.filter { $0.dates.contains(session.start.utc.date) }.filter { closure in
                let name = "School \(closure.school.suffix(1))"
                return session.id.track.host == closure.school
                    || session.participants.contains { $0.school == name }
            }.map { "\(session.id) on \(session.start), when \($0.school) is closed" }
        }
    }

    private func disorder(_ sessions: [SessionDetails]) -> [String] {
        let order = ["pre-review", "review", "impact"]
        return Dictionary(grouping: sessions, by: \.id.track).compactMap { track, sessions in
            let places = sessions.sorted { $0.start < $1.start }.map {
                order.firstIndex(of: $0.id.stage) ?? -1
            }
            return places == places.sorted() && Set(places).count == places.count
                ? nil : "\(track) in the order \(places)"
        }
    }

    // MARK: Calendars and ledger

    /// Recipients whose last mail about a session to come is not as it is published.
    private func wrongCalendars(_ store: Store) throws -> [String] {
        let published = try store.publishedSessions().reduce(into: [:]) { $0[$1.uid] = $1 }
        return try store.sessionUIDs().sorted().flatMap { uid -> [String] in
            let known = try store.recipientKnowledge(uid: uid).filter { $0.value.lastKind != .cancellation }
            let participants = Set(published[uid]?.details.participants.map { $0.address.lowercased() } ?? [])
            let isWrong = Set(known.keys) != participants
            let late = known.filter { $0.value.lastDetails?.start != published[uid]?.details.start }.keys
            return (isWrong ? ["\(uid): \(known.keys.sorted()), not \(participants.sorted())"] : [])
                + late.map { "\(uid): \($0) knows another time" }
        }
    }

    private func ledger(_ store: Store, at now: Instant) throws -> Set<String> {
        let ledger = try store.ledger(at: now)
        return Set(
            ledger.tracks.flatMap { ledger.sessions(of: $0) }.flatMap(\.duties).map { duty in
                "\(duty.session) \(duty.person) \(duty.role) \(duty.start)"
            })
    }

    private func duties(_ sessions: [SessionDetails]) -> Set<String> {
        Set(
            sessions.flatMap { session in
                session.participants.map { "\(session.id) \($0.person) \($0.role) \(session.start)" }
            })
    }
}
