import CivilTime
import Crypto
import Foundation
import ICalendar
import Mail
import MusterModel
import TextEncodings

/// A mail to the organiser as far as it can be understood by itself.
public struct ReceivedMail: Sendable {
    /// What is known of the mailbox that it came to.
    public struct Mailbox: Sendable {
        /// The name under which its server says what it found out about a sender; nil to believe none.
        public var authenticatedBy: String?
        /// Where mails come back to; nil for the organiser's address.
        public var returnPath: ReturnPath?

        /// A mailbox; every field as described there.
        public init(authenticatedBy: String? = nil, returnPath: ReturnPath? = nil) {
            self.authenticatedBy = authenticatedBy
            self.returnPath = returnPath
        }
    }

    /// A name that the same mail always has, on whatever way it came.
    public let digest: String
    /// Who it says it is from, in lower case; empty where it says nobody.
    public let sender: String
    /// How far that can be believed.
    public let evidence: Evidence
    /// Its subject.
    public let subject: String
    /// The mails that it answers, the last one first.
    public let references: [String]
    /// What its calendar parts say; several that say the same are one.
    public let replies: [SchedulingReply]
    /// What its writer says in words, above the quotation.
    public let words: String
    /// Whether a program wrote it: nothing that it says in words counts, and it is never answered.
    public let isAutomatic: Bool
    /// What a server says of a mail that it had taken; nil for every other mail.
    public let report: DeliveryStatusReport?
    /// The beginning of the `Message-ID` of the mail that came back, by the address that it came back to.
    public let returned: String?
    /// Why it cannot be read; nil where it can.
    public let trouble: String?

    /// Reads a mail.
    public init(_ bytes: [UInt8], in mailbox: Mailbox = Mailbox()) {
        let whole = SHA256.hash(data: bytes).hexadecimal
        guard let mail = try? MailReader().read(bytes).mail else {
            (digest, sender, subject, references, replies, words) = (whole, "", "", [], [], "")
            (evidence, isAutomatic, report, returned) = (.weak, false, nil, nil)
            trouble = "this is no mail, or one larger than 10 MB"
            return
        }
        let header = mail.header
        digest = Self.digest(header, bytes) ?? whole
        sender = header.mailboxes("From").first?.address.lowercased() ?? ""
        evidence = header.evidence(trusting: mailbox.authenticatedBy)
        subject = header.text("Subject") ?? ""
        references = (header.messageIDs("In-Reply-To") + header.messageIDs("References").reversed())
        var seen: Set<SchedulingReply> = []
        replies = mail.calendarParts.flatMap { part -> [SchedulingReply] in
            guard let calendars = try? CalendarReader().read(part.content).calendars else { return [] }
            return calendars.flatMap { SchedulingReply.read($0, declared: part.method).replies }
        }.filter { seen.insert($0).inserted }
        words = mail.ownText
        report = mail.deliveryStatusReport
        let recipients = ["Delivered-To", "X-Original-To", "To"].flatMap { name in
            header.fields.filter { $0.name.lowercased() == name.lowercased() }.flatMap { field in
                MailHeader([field]).mailboxes(name).map(\.address)
            }
        }
        returned = mailbox.returnPath.flatMap { path in recipients.lazy.compactMap(path.messageName).first }
        let isMarked =
            header["Auto-Submitted"].map { !$0.lowercased().hasPrefix("no") } ?? false || header["X-Autoreply"] != nil
            || header["Precedence"].map { ["auto_reply", "bulk", "list", "junk"].contains($0.lowercased()) } ?? false
            || header["List-Id"] != nil || header["Return-Path"] == "<>"
        isAutomatic = isMarked || report != nil
        trouble = mail.holdsTNEF ? "it is written in Outlook's own form (winmail.dat)" : nil
    }

    /// Servers write lines of their own above a mail, others on every way; nil for a mail without a name.
    private static func digest(_ header: MailHeader, _ bytes: [UInt8]) -> String? {
        guard header["Message-ID"] != nil else { return nil }
        var hash = SHA256()
        for name in ["Message-ID", "From", "Date", "Subject", "In-Reply-To"] {
            hash.update(data: Data("\(name): \(header[name] ?? "")\n".utf8))
        }
        let text = bytes.filter { $0 != 0x0D }
        let body = text.firstRange(of: [0x0A, 0x0A]).map { text[$0.upperBound...] } ?? []
        hash.update(data: Data(body))
        return hash.finalize().hexadecimal
    }
}
