import CivilTime
import ICalendar
import Mail
import Mustache
import MusterModel
import MusterStore

/// What helps somebody in a role with a session, as lines of a mail.
public typealias ResourceShelf = @Sendable (_ details: SessionDetails, _ role: String) -> [String]

/// Writes invitations, updates and cancellations: text, HTML and calendar object in one mail for one recipient (RFC
/// 6047).
public struct MessageComposer: Sendable {
    /// The `PRODID` of all that muster writes.
    public static let productIdentifier = "-//muster//Peer review scheduling//EN"

    let organiser: MailAddress
    private let templates: MessageTemplates
    private let links: AnswerLinks?
    private let resources: ResourceShelf

    /// A composer for an organiser.
    ///
    /// - Parameters:
    ///   - links: where people can answer on a page; nil where they cannot.
    ///   - resources: what helps with sessions.
    public init(
        organiser: MailAddress, templates: MessageTemplates, links: AnswerLinks? = nil,
        resources: @escaping ResourceShelf = { _, _ in [] }
    ) {
        self.organiser = organiser
        self.templates = templates
        self.links = links
        self.resources = resources
    }

    /// Where somebody can answer for a session on a page; nil where they cannot.
    func link(_ session: PublishedSession, _ recipient: SessionDetails.Participant) -> String? {
        links?.address(uid: session.uid, person: recipient.person)
    }

    /// Where somebody says who was at an event that they run; nil for anybody else.
    private func attendanceLink(_ session: PublishedSession, _ recipient: SessionDetails.Participant) -> String? {
        session.details.isRun(by: recipient)
            ? links?.address(.attendance(uid: session.uid), person: recipient.person) : nil
    }

    /// The session as a recipient is told of it, with addresses of their own.
    func personal(_ session: PublishedSession, _ recipient: SessionDetails.Participant) -> PublishedSession {
        links?.personal(session, for: recipient.person) ?? session
    }

    /// Where somebody says that something beside a session is done; nil where they cannot.
    func link(
        _ deadline: Deadline, beside session: PublishedSession, _ recipient: SessionDetails.Participant
    ) -> String? {
        links?.address(.deadline(deadline.id, uid: session.uid), person: recipient.person)
    }

    /// What is to be written.
    public struct InvitationRequest: Sendable {
        /// What it is to its recipient.
        public var kind: OutboxMessage.Scheduling
        /// Who is told, and why.
        public var notification: ChangeSet.Notification
        /// The session as it is now, or was before it was cancelled.
        public var session: PublishedSession
        /// What changed, as sentences.
        public var changes: [String]
        /// Other sessions of the same track to which the recipient comes.
        public var others: [SessionDetails]
        /// What people have answered about the time at which the session is, by address in lower case.
        public var answers: [String: Answer.Status] = [:]
        /// Whether the recipient has one of few places, and is told where to join.
        public var hasPlace = false
        /// The `Message-ID` of the first message that the recipient got about the session.
        public var thread: String?
        /// The `Message-ID` of this one.
        public var messageID: String
        /// Now.
        public var at: Instant
        /// The moment of this revision: now, or just after what the recipient has, should clocks have been put back.
        public var stamp: Instant
    }

    /// The mail; nil for an address that mail cannot be sent to, which config never lets in.
    public func compose(_ request: InvitationRequest) -> OutboxMessage? {
        var request = request
        let recipient = request.notification.recipient
        let known = request.session.details.seen(by: recipient)
        if !request.hasPlace { request.session.details = request.session.details.withheld(from: recipient) }
        let general = request.session.details.link
        request.session = personal(request.session, recipient)
        if let general, let own = request.session.details.link {
            request.changes = request.changes.map { $0.replacing(general, with: own) }
        }
        let details = request.session.details
        guard let to = MailAddress(name: recipient.name, address: recipient.address) else { return nil }
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let wording = MessageWording(
            kind: SessionMailKind(request.kind), notification: request.notification, details: details, zone: zone,
            changes: request.changes, at: request.at, others: request.others,
            link: link(request.session, recipient), attendance: attendanceLink(request.session, recipient),
            resources: resources(details, recipient.role))
        let object = Array(CalendarWriter.write(calendar(request, wording: wording, zone: zone)).utf8)
        let method = request.kind == .cancellation ? "CANCEL" : "REQUEST"
        let text = wording.text
        let body = MIMEPart.mixed([
            .alternative([
                .text(templates.text.render(text), subtype: "plain"),
                .text(templates.html.render(text), subtype: "html"),
                .data(object, type: "text/calendar; charset=UTF-8; method=\(method)", filename: nil),
            ]),
            .data(object, type: "application/ics; name=\"invite.ics\"", filename: "invite.ics"),
        ])
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: wording.subject, date: request.at,
            messageID: request.messageID, references: request.thread.map { [$0] } ?? [],
            otherHeaders: MailHeaders.ofInvitations, body: body)
        return OutboxMessage(
            messageID: request.messageID,
            topic: .scheduling(
                request.kind, of: OutboxMessage.SessionReference(request.session), details: known),
            reason: request.notification.reason.rawValue, person: recipient.person, recipient: recipient.address,
            sender: organiser.address, subject: wording.subject, content: MailWriter.write(mail), due: request.at,
            created: request.stamp,
            expires: request.kind == .cancellation ? details.end + 86_400 : details.end)
    }

    /// A reminder of a session, in the thread of its invitation.
    func remind(
        of session: PublishedSession, _ recipient: SessionDetails.Participant, thread: String?, messageID: String,
        at now: Instant
    ) -> OutboxMessage? {
        let session = personal(session, recipient)
        let wording = MessageWording(
            kind: .reminder, notification: ChangeSet.Notification(recipient: recipient, reason: .new),
            details: session.details,
            zone: TimeZoneDatabase.system[session.details.zone] ?? .utc, changes: [], at: now, others: [],
            link: link(session, recipient), attendance: attendanceLink(session, recipient),
            resources: resources(session.details, recipient.role))
        return remind(
            wording.text, of: session, recipient, thread: thread, messageID: messageID, at: now,
            expires: session.details.start - ReminderRun.leastNotice)
    }

    /// A reminder: a mail without a calendar part.
    func remind(
        _ text: MailText, of session: PublishedSession, _ recipient: SessionDetails.Participant, thread: String?,
        messageID: String, reason: String = "reminder", at now: Instant, expires: Instant
    ) -> OutboxMessage? {
        letter(
            text, to: (recipient.name, recipient.address, recipient.person),
            topic: .reminder(OutboxMessage.SessionReference(session)), thread: thread, messageID: messageID,
            reason: reason, at: now, expires: expires)
    }

    /// A mail to be read, which changes no calendar.
    func letter(
        _ text: MailText, to recipient: (name: String, address: String, person: PersonID),
        topic: OutboxMessage.Topic, thread: String? = nil, messageID: String, reason: String, at now: Instant,
        expires: Instant, headers: [(name: String, value: String)] = MailHeaders.ofReminders
    ) -> OutboxMessage? {
        guard let to = MailAddress(name: recipient.name, address: recipient.address) else { return nil }
        let body = MIMEPart.alternative([
            .text(templates.reminder.render(text), subtype: "plain"),
            .text(templates.html.render(text), subtype: "html"),
        ])
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: text.subject, date: now, messageID: messageID,
            references: thread.map { [$0] } ?? [], otherHeaders: headers, body: body)
        return OutboxMessage(
            messageID: messageID, topic: topic, reason: reason, person: recipient.person,
            recipient: recipient.address, sender: organiser.address, subject: text.subject,
            content: MailWriter.write(mail), due: now, created: now, expires: expires)
    }

    /// That a time which the recipient proposed is not to be (RFC 5546 §3.2.8): their calendar forgets it.
    func declineCounter(
        of session: PublishedSession, _ recipient: SessionDetails.Participant, because reason: String,
        messageID: String, at now: Instant
    ) -> OutboxMessage? {
        guard let to = MailAddress(name: recipient.name, address: recipient.address) else { return nil }
        let details = session.details
        let zone = TimeZoneDatabase.system[recipient.zone ?? details.zone] ?? .utc
        let when = Wording.span(details.start, details.end, in: zone)
        let text = MailText(
            subject: "As planned: \(details.title), \(Wording.moment(details.start, in: zone))",
            title: "As planned: \(details.title)", partnership: details.partnership, cycle: details.cycle,
            opening:
                "Thank you for proposing another time. It is not possible, so the session stays as it is.",
            rows: [("When", [when])] + (reason.isEmpty ? [] : [("Why", [reason])]),
            request: "If you cannot come then, please decline in your calendar or reply to this email.",
            reason: "You are receiving this because you proposed another time.")
        let zoneOfSession = TimeZoneDatabase.system[details.zone] ?? .utc
        let refusal = SchedulingMessage(
            method: .declineCounter, uid: session.uid, sequence: session.sequence, stamp: now, created: session.created,
            start: details.start, end: details.end, zone: zoneOfSession, summary: details.title, description: reason,
            organizer: (organiser.name, organiser.address), attendees: [])
        let object = Array(CalendarWriter.write(refusal.calendar(productIdentifier: Self.productIdentifier)).utf8)
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: text.subject, date: now, messageID: messageID,
            otherHeaders: MailHeaders.ofInvitations,
            body: .alternative([
                .text(templates.reminder.render(text), subtype: "plain"),
                .text(templates.html.render(text), subtype: "html"),
                .data(object, type: "text/calendar; charset=UTF-8; method=DECLINECOUNTER", filename: nil),
            ]))
        return OutboxMessage(
            messageID: messageID, topic: .receipt(OutboxMessage.SessionReference(session)), reason: "declinecounter",
            person: recipient.person, recipient: recipient.address,
            sender: organiser.address, subject: text.subject, content: MailWriter.write(mail), due: now, created: now,
            expires: details.start)
    }

    // MARK: The calendar object

    private func calendar(_ request: InvitationRequest, wording: MessageWording, zone: TimeZoneRules) -> Component {
        let details = request.session.details
        let isCancellation = request.kind == .cancellation
        let shown =
            details.showsParticipants && !isCancellation ? details.participants : [request.notification.recipient]
        var message = SchedulingMessage(
            method: isCancellation ? .cancel : .request, uid: request.session.uid, sequence: request.session.sequence,
            stamp: request.stamp, created: request.session.created, start: details.start, end: details.end, zone: zone,
            summary: details.title, description: wording.description, location: details.place, link: details.link,
            organizer: (organiser.name, organiser.address),
            attendees: shown.map { Self.attendee($0, answered: request.answers[$0.address.lowercased()]) },
            categories: [details.partnership], alarms: details.alarms, allowsCounter: details.allowsProposals ?? true)
        message.classification = details.classification
        return message.calendar(productIdentifier: Self.productIdentifier)
    }

    static func attendee(
        _ participant: SessionDetails.Participant, answered status: Answer.Status? = nil
    ) -> SchedulingMessage.Attendee {
        SchedulingMessage.Attendee(
            name: participant.name, address: participant.address, role: participant.isRequired ? .required : .optional,
            participationStatus: status?.rawValue.uppercased() ?? "NEEDS-ACTION")
    }
}

extension SessionDetails {
    /// Their visibility as calendars have it.
    var classification: SchedulingMessage.Classification {
        switch visibility {
        case nil, .public: .public
        case .private: .private
        case .confidential: .confidential
        }
    }
}

extension MessageWording {
    fileprivate var text: MailText {
        MailText(
            subject: subject, title: heading, partnership: details.partnership, cycle: details.cycle,
            opening: opening, changes: kind == .cancellation ? [] : changes, rows: rows, checklist: checklist,
            request: request, reason: reason,
            accent: kind == .cancellation ? "#a33a2c" : "#1f6f5c")
    }
}
