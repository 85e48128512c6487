import CivilTime
import ConcurrentMap
import Foundation
import Mail
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Testing
import Transport

/// A transport that remembers what it was given, and refuses what it is told to.
final class CapturedTransport: MailTransport {
    private struct State {
        var sent: [MailEnvelope] = []
        var failures: [String: TransportError] = [:]
    }

    private let state = Mutex(State())

    var sent: [MailEnvelope] { state.withLock { $0.sent } }

    func fail(_ recipient: String, with error: TransportError?) { state.withLock { $0.failures[recipient] = error } }

    func send(_ envelope: MailEnvelope, over connection: Int, once gate: CommitGate)
        async throws(TransportError)
    {
        let error = state.withLock { $0.failures[envelope.recipient] }
        if let error { throw error }
        state.withLock { $0.sent.append(envelope) }
    }
}

/// Counts, for whoever asks.
final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Something that others do once while somebody publishes.
final class Interruption: Sendable {
    /// When they do.
    enum Moment: CaseIterable {
        /// The published sessions have been read, and nothing is written yet.
        case beforeCommit
        /// Somebody decides what becomes of the sessions: they can but wait.
        case withinCommit
    }

    private struct State {
        var planned: (moment: Moment, body: @Sendable () -> Void)?
        var running: Ahead<Void, Never>?
    }

    private let state = Mutex(State())

    func plan(_ moment: Moment, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.planned = (moment, body) }
    }

    /// Begins what is planned for a moment.
    func begin(_ moment: Moment) {
        state.withLock { state in
            guard let planned = state.planned, planned.moment == moment else { return }
            state.planned = nil
            state.running = Ahead(planned.body)
        }
    }

    /// Waits until it is over.
    func finish() {
        let running = state.withLock { $0.running }
        running?.value()
    }
}

/// Publishes states of sessions one after the other and sees what people are told.
final class World {
    let folder: TemporaryDirectory
    let store: Store
    let transport: CapturedTransport
    let composer: MessageComposer
    let counter: Counter
    /// What others do while somebody publishes.
    let interruption = Interruption()
    private let publisher: Publisher
    let reminders: ReminderRun
    let webhooks: WebhookComposer
    let notices: OwnerNoticeComposer
    private let clock = Clock(Instant(seconds: 1_795_000_000))

    /// Goes on from a backup of another world: people still have what that one sent.
    convenience init(restoring backup: String, of other: World) throws {
        let folder = try TemporaryDirectory()
        _ = try Store.restore(backup, to: folder.path, at: other.now)
        try self.init(folder: folder, transport: other.transport, counter: other.counter)
    }

    init(
        endpoints: [WebhookEndpoint] = [], folder: TemporaryDirectory? = nil,
        transport: CapturedTransport = CapturedTransport(), counter: Counter = Counter(),
        organiser name: String = "Tamar reviews"
    ) throws {
        let folder = try folder ?? TemporaryDirectory()
        self.folder = folder
        self.transport = transport
        self.counter = counter
        store = try Store(directory: folder.path)
        let organiser = try #require(MailAddress(name: name, address: "reviews@partnership.example"))
        let templates = try MessageTemplates(directory: nil)
        composer = MessageComposer(organiser: organiser, templates: templates)
        let interruption = interruption
        let makeID: @Sendable () -> String = {
            interruption.begin(.withinCommit)
            return "id-\(counter.next())"
        }
        reminders = ReminderRun(store: store, composer: composer, domain: "partnership.example", makeID: makeID)
        webhooks = WebhookComposer(endpoints: endpoints, makeID: makeID)
        notices = OwnerNoticeComposer(organiser: organiser, makeID: makeID)
        publisher = Publisher(
            store: store, composer: composer, webhooks: webhooks, domain: "partnership.example", makeID: makeID)
    }

    var now: Instant { clock.now }

    /// Publishes these sessions and returns the messages that follow.
    @discardableResult
    func publish(_ details: [SessionDetails], plan: Plan = Plan(), decisions: [Decision]? = nil) throws
        -> [OutboxMessage]
    {
        clock.later(60)
        let changes = ChangeSet(published: try store.sessionsAsKnown(at: now), next: details)
        let basis = try store.latestRevision()
        let last = try store.messages(limit: 1).first?.number ?? 0
        interruption.begin(.beforeCommit)
        interruption.finish()
        _ = try publisher.publish(
            Publication(basis: basis?.number, decisions: decisions, plan: plan, note: "", at: now), changes,
            details: details,
            previous: Plan())
        interruption.finish()
        return try store.messages().filter { $0.number > last }.reversed()
    }

    @discardableResult
    func send() async throws -> DeliveryReport {
        let time = now
        return try await Deliverer(store: store, courier: MailChannel(transport), now: { time }).runOnce()
    }

    func later(_ seconds: Int) { clock.later(seconds) }
}

func session(
    _ people: [String] = ["ann", "ben"], host: String = "Oakford Primary", start: Int = 1_800_000_000,
    link: String? = "https://meet.example/a",
    shows: Bool = true,
    question: String? = nil, id: String = "c/1/review"
) -> SessionDetails {
    SessionDetails(
        id: SessionID(id), stage: "Review", host: host, purpose: "to look together", question: question,
        checklist: ["Bring photo ID"],
        start: Instant(seconds: start), end: Instant(seconds: start + 5400), zone: "Europe/London", place: nil,
        link: link, mode: .online,
        participants: people.map {
            SessionDetails.Participant(
                person: PersonID($0), name: $0.capitalized, address: "\($0)@school.example",
                role: $0 == "ann" ? "host" : "reviewer", school: nil, isRequired: true)
        },
        showsParticipants: shows, partnership: "Tamar Valley", cycle: "Spring 2027", contact: nil, alarms: [1440, 15])
}
