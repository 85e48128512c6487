import CivilTime
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Testing

/// Publishing, sending, undoing and crashing at the same time, in any order: each recipient's calendar ends as the plan is.
@Suite struct `Whatever happens between the read and the write` {
    private static let people = ["ann", "ben", "cid", "dot"]

    @Test func `who was being invited while the session was cancelled is told of the cancellation`() throws {
        let world = try World()
        let sender = Sender(world.store)
        try world.publish([session(["ann", "ben"])])
        world.interruption.plan(.beforeCommit) {
            sender.claim(2)
            sender.settle(upTo: 1) { .delivered(to: $0) }
        }
        let messages = try world.publish([])
        #expect(messages.map(\.kind) == [.cancellation, .cancellation])
        sender.drain(at: world.now)
        #expect(Self.people.allSatisfy { sender.sessions(of: $0).isEmpty })
        #expect(sender.received == 4)
    }

    @Test func `who was about to be invited, and was not after all, hears nothing of the cancellation`() throws {
        let world = try World()
        let sender = Sender(world.store)
        try world.publish([session(["ann", "ben"])])
        world.interruption.plan(.beforeCommit) { sender.claim(2) }
        try world.publish([])
        sender.settle(upTo: 2) { _ in .unseen(.untried) }
        sender.drain(at: world.now)
        #expect(sender.received == 0)
        #expect(try world.store.outboxCounts() == [.superseded: 4])
    }

    @Test func `whoever wants to send while a session is cancelled waits, and finds nothing to send`() throws {
        let world = try World()
        let sender = Sender(world.store)
        try world.publish([session(["ann", "ben"])])
        world.interruption.plan(.withinCommit) { sender.claim(2) }
        try world.publish([session(["cid"], id: "c/2/review")])
        sender.drain(at: world.now)
        #expect(sender.received == 1)
        #expect(try world.store.outboxCounts() == [.superseded: 2, .delivered: 1])
    }

    @Test func `a plan that was worked out before a decision is refused, and nothing of it is kept`() throws {
        let world = try World()
        try world.store.save(Decision(subject: "c/1", kind: .cancel, at: world.now), title: "c/1 is cancelled")
        #expect(throws: StoreError.self) {
            try world.store.publish(Publication(basis: nil, decisions: [], plan: Plan(), note: "", at: world.now))
        }
        #expect(try world.store.latestRevision() == nil)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `the end is the plan`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let world = try World()
        let sender = Sender(world.store)
        var plans: [[SessionDetails]] = [[]]
        for _ in 0..<random.number(4...14) {
            let undoes = random.chance(30)
            let plan = undoes ? plans.randomElement(using: &random) ?? [] : plan(after: plans.last ?? [], &random)
            if random.chance(70) {
                let (count, share, fate) = (random.number(1...6), random.number(0...4), random.next())
                let moment = Interruption.Moment.allCases.randomElement(using: &random) ?? .beforeCommit
                world.interruption.plan(moment) {
                    sender.claim(count)
                    sender.settle(upTo: share) { Sender.Fate($0, fate) }
                }
            }
            try world.publish(plan)
            plans.append(plan)
            sender.claim(random.number(0...5))
            let fate = random.next()
            sender.settle(upTo: random.number(0...6)) { Sender.Fate($0, fate) }
            if random.chance(15) { try sender.crash(arriving: random.next()) }
            world.later(random.number(-30...4000))
        }
        world.later(40_000)
        sender.drain(at: world.now)
        for person in Self.people {
            let expected = (plans.last ?? []).filter { $0.participants.contains { $0.person.rawValue == person } }
                .map { "\($0.title) \($0.start.seconds) \($0.question ?? "")" }.sorted()
            #expect(sender.sessions(of: person) == expected, "\(person)")
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `what is undone before anything has left leaves nothing to send`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let world = try World()
        let sender = Sender(world.store)
        let told = plan(after: [], &random)
        try world.publish(told)
        sender.drain(at: world.now)
        let received = sender.received
        let uids = try world.store.publishedSessions().map(\.uid)
        var last = told
        for _ in 0..<random.number(1...4) {
            world.later(random.number(0...4000))
            last = plan(after: last, &random)
            try world.publish(last)
        }
        world.later(60)
        try world.publish(told)
        sender.drain(at: world.now + 40_000)
        #expect(sender.received == received, "\(sender.received - received) mails about what nobody had heard of")
        #expect(try world.store.publishedSessions().map(\.uid) == uids)
    }

    private func plan(after last: [SessionDetails], _ random: inout SeededGenerator) -> [SessionDetails] {
        (0..<3).compactMap { index in
            if random.chance(40) { return last.first { $0.id == "c/\(index)/review" } }
            guard random.chance(75) else { return nil }
            return session(
                Self.people.filter { _ in random.chance(50) }, host: "School \(index)",
                start: 1_800_000_000 + random.number(0...2) * 86_400, shows: random.chance(50),
                question: random.chance(50) ? "Question \(random.number(0...9))" : nil, id: "c/\(index)/review")
        }
    }
}

/// Sends as a deliverer does, one step at a time, and keeps what has arrived.
private final class Sender: Sendable {
    /// What becomes of a message that is being sent.
    enum Fate {
        /// It arrives, whatever we hear of it.
        case arrives(DeliveryOutcome)
        /// It does not.
        case unseen(DeliveryOutcome)

        static func delivered(to _: OutboxMessage) -> Fate { .arrives(.delivered) }

        init(_ message: OutboxMessage, _ seed: UInt64) {
            let later = message.created + 60
            switch (seed &+ UInt64(message.number) &* 7919) % 6 {
            case 0, 1: self = .arrives(.delivered)
            case 2: self = .arrives(.retry(due: later, mayHaveArrived: true, error: "no answer"))
            case 3: self = .unseen(.retry(due: later, mayHaveArrived: true, error: "no answer"))
            case 4: self = .unseen(.retry(due: later, mayHaveArrived: false, error: "later"))
            default: self = .unseen(.untried)
            }
        }
    }

    private struct State {
        var underWay: [OutboxMessage] = []
        var calendars: [String: ClientCalendar] = [:]
        var received = 0
        var now = Instant(seconds: 1_795_000_000)

        mutating func arrive(_ message: OutboxMessage) {
            received += 1
            calendars[message.person?.rawValue ?? "", default: ClientCalendar()].receive(OutgoingMail(message.content))
        }
    }

    private let store: Store
    private let state = Mutex(State())

    init(_ store: Store) { self.store = store }

    var received: Int { state.withLock { $0.received } }

    func sessions(of person: String) -> [String] { state.withLock { $0.calendars[person]?.sessions ?? [] } }

    func claim(_ count: Int) { exchange([], claiming: count) }

    /// The oldest messages under way have their fate.
    func settle(upTo count: Int, _ fate: (OutboxMessage) -> Fate) {
        let settled = state.withLock { state in
            let messages = Array(state.underWay.prefix(count))
            state.underWay.removeFirst(messages.count)
            return messages.map { message in
                switch fate(message) {
                case .arrives(let outcome):
                    state.arrive(message)
                    return DeliveryResult(outcome, of: message.number)
                case .unseen(let outcome): return DeliveryResult(outcome, of: message.number)
                }
            }
        }
        exchange(settled, claiming: 0)
    }

    /// The program ends in the middle: what was under way may have arrived, and nobody knows.
    func crash(arriving seed: UInt64) throws {
        state.withLock { state in
            for message in state.underWay where (seed >> UInt64(message.number % 60)) & 1 == 1 { state.arrive(message) }
            state.underWay = []
        }
        try store.releaseClaims(of: OutboxMessage.mail)
    }

    /// Sends until nothing waits.
    func drain(at now: Instant) {
        state.withLock { $0.now = now }
        repeat {
            settle(upTo: .max) { .delivered(to: $0) }
            claim(50)
        } while state.withLock { !$0.underWay.isEmpty }
    }

    private func exchange(_ results: [DeliveryResult], claiming count: Int) {
        let now = state.withLock { $0.now }
        do {
            let claimed = try store.recordAndClaim(
                results, of: Destination(name: OutboxMessage.mail), claiming: count, at: now + 100_000)
            state.withLock { $0.underWay += claimed }
        } catch {
            Issue.record(error)
        }
    }
}
