import CivilTime
import Mail
import MusterModel
import MusterStore

extension MessageComposer {
    private static let testPrefix = "test-"

    /// Whether a `UID` is that of a test invitation of an organiser with that domain.
    static func isTest(uid: String, domain: String) -> Bool {
        let uid = uid.lowercased()
        return uid.hasPrefix(testPrefix) && uid.hasSuffix("@" + domain.lowercased())
    }

    /// An invitation to half an hour of the next working day in which nothing takes place; nil for what is no address.
    ///
    /// - Parameters:
    ///   - zone: that of its clocks.
    ///   - id: what no other mail has.
    public func composeTest(to address: String, in zone: TimeZoneRules, id: String, at now: Instant) -> OutboxMessage? {
        guard MailAddress(address: address)?.domain.contains(".") == true else { return nil }
        let today = zone.local(now).date
        let day = (1...3).lazy.map { today + $0 }.first { $0.weekday <= .friday } ?? today + 1
        let start = zone.instant(LocalDateTime(date: day, time: TimeOfDay(minutes: 600)))
        let recipient = SessionDetails.Participant(
            person: PersonID(address), name: address, address: address, role: Duty.invited, school: nil,
            isRequired: false)
        let details = SessionDetails(
            id: "test/test/test", stage: "Test invitation", host: nil,
            purpose: "to see that invitations reach you; nothing takes place", question: nil, checklist: [],
            start: start, end: start + 1800, zone: zone.name, place: nil, link: nil, mode: .online,
            participants: [recipient], showsParticipants: true, partnership: organiser.name,
            cycle: "a test", contact: nil, alarms: [])
        let session = PublishedSession(
            uid: Self.testPrefix + "\(id)@\(organiser.domain)", sequence: 0, created: now, details: details)
        return compose(
            InvitationRequest(
                kind: .invitation, notification: ChangeSet.Notification(recipient: recipient, reason: .new),
                session: session, changes: [], others: [], thread: nil, messageID: "\(id)@\(organiser.domain)",
                at: now, stamp: now))
    }
}
