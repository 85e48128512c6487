import CivilTime
import ICalendar
import Mail
import Mustache
import MusterModel
import MusterStore

/// Writes invitations, updates and cancellations: text, HTML and calendar object in one mail for one recipient (RFC
/// 6047).
public struct MessageComposer: Sendable {
    /// The `PRODID` of all that muster writes.
    public static let productIdentifier = "-//muster//Peer review scheduling//EN"

    private let organiser: MailAddress
    private let templates: MessageTemplates

    /// A composer for an organiser.
    public init(organiser: MailAddress, templates: MessageTemplates) {
        self.organiser = organiser
        self.templates = templates
    }

    /// What is to be written.
    public struct Order: Sendable {
        /// What it is to its recipient.
        public var kind: OutboxMessage.Kind
        /// Who is told, and why.
        public var notice: ChangeSet.Notice
        /// The session as it is now, or was before it was cancelled.
        public var session: PublishedSession
        /// What changed, as sentences.
        public var changes: [String]
        /// Other sessions of the same track to which the recipient comes.
        public var others: [SessionDetails]
        /// The `Message-ID` of the first message that the recipient got about the session.
        public var thread: String?
        /// The `Message-ID` of this one.
        public var messageID: String
        /// Now.
        public var at: Instant
    }

    /// The mail; nil for an address that mail cannot be sent to, which config never lets in.
    public func compose(_ order: Order) -> OutboxMessage? {
        let details = order.session.details
        let recipient = order.notice.recipient
        guard let to = MailAddress(name: recipient.name, address: recipient.address) else { return nil }
        let zone = TimeZoneDatabase.system[details.zone] ?? .utc
        let wording = MessageWording(
            kind: order.kind, notice: order.notice, details: details, zone: zone, changes: order.changes,
            others: order.others)
        let object = Array(CalendarWriter.write(calendar(order, wording, zone)).utf8)
        let method = order.kind == .cancellation ? "CANCEL" : "REQUEST"
        let context = context(wording, order.kind, details)
        let body = MIMEPart.mixed([
            .alternative([
                .text(templates.text.render(context), subtype: "plain"),
                .text(templates.html.render(context), subtype: "html"),
                .data(object, type: "text/calendar; charset=UTF-8; method=\(method)", filename: nil),
            ]),
            .data(object, type: "application/ics; name=\"invite.ics\"", filename: "invite.ics"),
        ])
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: wording.subject, date: order.at,
            messageID: order.messageID, references: order.thread.map { [$0] } ?? [],
            otherHeaders: [("X-Auto-Response-Suppress", "OOF, AutoReply")], body: body)
        return OutboxMessage(
            messageID: order.messageID, revision: 0, session: details.id, uid: order.session.uid,
            sequence: order.session.sequence, kind: order.kind, reason: order.notice.reason.rawValue,
            person: recipient.person, recipient: recipient.address, sender: organiser.address, subject: wording.subject,
            details: details,
            mail: MailWriter.write(mail), due: order.at, created: order.at)
    }

    /// A reminder: a plain mail without a calendar part, in the thread of the invitation.
    func remind(
        of session: PublishedSession, _ recipient: SessionDetails.Participant, thread: String?, messageID: String,
        at now: Instant
    ) -> OutboxMessage? {
        let details = session.details
        guard let to = MailAddress(name: recipient.name, address: recipient.address) else { return nil }
        let wording = MessageWording(
            kind: .reminder, notice: ChangeSet.Notice(recipient: recipient, reason: .new), details: details,
            zone: TimeZoneDatabase.system[details.zone] ?? .utc, changes: [], others: [])
        let context = context(wording, .reminder, details)
        let body = MIMEPart.alternative([
            .text(templates.reminder.render(context), subtype: "plain"),
            .text(templates.html.render(context), subtype: "html"),
        ])
        let mail = MailMessage(
            from: organiser, to: to, replyTo: organiser, subject: wording.subject, date: now, messageID: messageID,
            references: thread.map { [$0] } ?? [],
            otherHeaders: [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply")],
            body: body)
        return OutboxMessage(
            messageID: messageID, revision: 0, session: details.id, uid: session.uid, sequence: session.sequence,
            kind: .reminder, reason: "reminder", person: recipient.person, recipient: recipient.address,
            sender: organiser.address, subject: wording.subject, details: details, mail: MailWriter.write(mail),
            due: now, created: now)
    }

    // MARK: The calendar object

    private func calendar(_ order: Order, _ wording: MessageWording, _ zone: TimeZoneRules) -> Component {
        let details = order.session.details
        let isCancellation = order.kind == .cancellation
        let shown = details.showsParticipants && !isCancellation ? details.participants : [order.notice.recipient]
        let message = SchedulingMessage(
            method: isCancellation ? .cancel : .request, uid: order.session.uid, sequence: order.session.sequence,
            stamp: order.at, created: order.session.created, start: details.start, end: details.end, zone: zone,
            summary: details.title, description: wording.description, location: details.place, link: details.link,
            organizer: (organiser.name, organiser.address), attendees: shown.map(Self.attendee),
            categories: [details.partnership], alarms: details.alarms)
        return message.calendar(productIdentifier: Self.productIdentifier)
    }

    static func attendee(_ participant: SessionDetails.Participant) -> SchedulingMessage.Attendee {
        SchedulingMessage.Attendee(
            name: participant.name, address: participant.address, role: participant.isRequired ? .required : .optional)
    }

    // MARK: The texts

    private func context(_ wording: MessageWording, _ kind: OutboxMessage.Kind, _ details: SessionDetails) -> [String:
        Any]
    {
        let rows = wording.rows.map { row -> [String: Any] in
            [
                "name": row.name, "label": row.name.padding(to: TextLayout.labelWidth),
                "text": TextLayout.wrap(row.lines),
                "lines": row.lines.map { $0.hasPrefix("https://") ? ["link": $0] : ["line": $0] },
            ]
        }
        return [
            "subject": wording.subject, "title": details.title, "partnership": details.partnership,
            "cycle": details.cycle,
            "opening": wording.opening, "hasChanges": !wording.changes.isEmpty, "changes": wording.changes,
            "rows": rows,
            "hasChecklist": !wording.checklist.isEmpty, "checklist": wording.checklist, "request": wording.request,
            "reason": wording.reason, "accent": kind == .cancellation ? "#a33a2c" : "#1f6f5c",
        ]
    }
}

/// The layout of plain text: labels in one column, texts in the next, lines short enough to be quoted.
enum TextLayout {
    static let labelWidth = 13
    private static let width = 76

    static func wrap(_ lines: [String]) -> String {
        let indent = String(repeating: " ", count: labelWidth)
        return lines.flatMap(wrap).joined(separator: "\n" + indent)
    }

    private static func wrap(_ line: String) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width - labelWidth {
                lines.append(current)
                current = "" + word
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return lines + [current]
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
