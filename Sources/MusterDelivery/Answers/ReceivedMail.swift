import CivilTime
import Crypto
import Foundation
import ICalendar
import Mail
import TextEncodings

/// A mail to the organiser as far as it can be understood by itself.
public struct ReceivedMail: Sendable {
    /// A name that the same bytes always have.
    public let digest: String
    /// Who it says it is from, in lower case; empty where it says nobody.
    public let sender: String
    /// Its subject.
    public let subject: String
    /// The mails that it answers, the last one first.
    public let references: [String]
    /// What its calendar parts say; several that say the same are one.
    public let replies: [SchedulingReply]
    /// Whether a program wrote it: nothing that it says in words counts.
    public let isAutomatic: Bool
    /// Whether it says that a mail was not delivered.
    public let isBounce: Bool
    /// Why it cannot be read; nil where it can.
    public let trouble: String?

    /// Reads a mail.
    public init(_ bytes: [UInt8]) {
        digest = SHA256.hash(data: bytes).hexadecimal
        guard let mail = try? MailReader().read(bytes).mail else {
            (sender, subject, references, replies) = ("", "", [], [])
            (isAutomatic, isBounce, trouble) = (false, false, "this is no mail, or one larger than 10 MB")
            return
        }
        let header = mail.header
        sender = header.mailboxes("From").first?.address.lowercased() ?? ""
        subject = header.text("Subject") ?? ""
        references = (header.messageIDs("In-Reply-To") + header.messageIDs("References").reversed())
        var seen: Set<SchedulingReply> = []
        replies = mail.calendarParts.flatMap { part -> [SchedulingReply] in
            guard let calendars = try? CalendarReader().read(part.content).calendars else { return [] }
            return calendars.flatMap { SchedulingReply.read($0, declared: part.method).replies }
        }.filter { seen.insert($0).inserted }
        isBounce =
            header.contentType.value == "multipart/report"
            && header.contentType["report-type"]?.lowercased() == "delivery-status"
            || sender.hasPrefix("mailer-daemon@")
        let isMarked =
            header["Auto-Submitted"].map { !$0.lowercased().hasPrefix("no") } ?? false || header["X-Autoreply"] != nil
            || header["Precedence"].map { ["auto_reply", "bulk", "list", "junk"].contains($0.lowercased()) } ?? false
            || header["List-Id"] != nil || header["Return-Path"] == "<>"
        isAutomatic = isMarked || isBounce
        trouble = mail.holdsTNEF ? "it is written in Outlook's own form (winmail.dat)" : nil
    }
}
