import CivilTime
import Mail
import MusterDelivery
import MusterModel
import MusterStore

extension Workspace {
    /// Puts the reminders that have come due into the outbox, or drops them.
    ///
    /// - Returns: how many were put there, and when the next one is due; nil where none is to come.
    func remind(at now: Instant) throws -> (sent: Int, next: Instant?) {
        let run = ReminderRun(
            store: store, composer: try messageComposer, domain: try organiser.domain, needsApproval: needsApproval,
            makeID: Self.makeID)
        let occasions = try occasions(at: now)
        return (try run.runOnce(occasions, at: now), ReminderRun.next(occasions, after: now))
    }

    /// Something that is another whenever reminders may be due that were not before.
    public func reminderMark() throws -> String { try store.reminderMark() }

    /// When the next reminder is due; nil where none is to come.
    public func nextReminder(after now: Instant) throws -> Instant? {
        ReminderRun.next(try occasions(at: now), after: now)
    }

    /// What people are reminded of: the published sessions, and what is due beside them.
    private func occasions(at now: Instant) throws -> [OccasionReminders] {
        let sessions = try store.publishedSessions()
        let people = Dictionary(grouping: sessions, by: \.details.id.track).mapValues {
            $0.flatMap(\.details.participants)
        }
        let clocks = reminderClocks
        let done = Set(try store.finishedDeadlines().map { "\($0.uid) \($0.deadline)" })
        return sessions.flatMap { session -> [OccasionReminders] in
            let id = session.details.id
            guard let track = programme.track(id.track), let school = programme.school(track.school) else {
                return []
            }
            var reminders = OccasionReminders(
                session: session, rules: track.cycle.reminders, hours: track.cycle.reminderHours, clocks: clocks,
                clock: ReminderClock(zone: school.zone, days: school.days))
            if track.places != nil {
                let list = (try? store.waitingList(of: session.uid)) ?? WaitingList()
                reminders.recipients.removeAll { $0.role == Duty.invited && list.state(of: $0.person) != .placed }
            }
            let deadlines = track.host == nil ? [] : track.cycle.deadlines
            let due = deadlines.filter {
                track.id.session($0.stage) == id && !done.contains("\(session.uid) \($0.id)")
            }.map {
                reminders.deadline($0, people: people[track.id] ?? [])
            }
            return ([reminders] + due).filter { $0.moment > now - Self.longestDowntime }
        }
    }

    /// What came due while nothing ran gets its outcome too, after so many seconds at most.
    private static let longestDowntime = 62 * 86_400

    /// People are reminded on their own clocks, and on days on which their own school is open.
    var reminderClocks: [PersonID: ReminderClock] {
        Dictionary(
            programme.people.compactMap { person in
                person.school.flatMap(programme.school).map {
                    (person.id, ReminderClock(zone: person.zone, days: $0.days))
                }
            }, uniquingKeysWith: { first, _ in first })
    }
}
