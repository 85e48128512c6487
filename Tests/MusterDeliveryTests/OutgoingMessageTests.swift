import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

/// What outgoing mails must satisfy, checked on the bytes of a hard season: each of these once broke a client that
/// people use.
@Suite struct `Every mail that goes out` {
    private let season: [OutgoingSeason.Delivered]

    init() async throws { season = try await OutgoingSeason.whole.value.delivered }

    private static let scheduling: Set<OutboxMessage.Kind> = [.invitation, .update, .cancellation]

    @Test func `is of a kind that the season knows, and no kind is missing`() {
        let kinds = Dictionary(grouping: season, by: \.message.kind).mapValues(\.count)
        #expect(Set(kinds.keys) == [.invitation, .update, .cancellation, .reminder, .digest])
        #expect(season.objects.count == season.count { Self.scheduling.contains($0.message.kind) })
        #expect(
            Set(season.map(\.message.reason)).isSuperset(of: ["moved", "substituted", "left", "joined", "cancelled"]))
    }

    // MARK: The message

    @Test func `carries text, HTML and the object, once and last, and the object again as invite.ics`() throws {
        for (delivered, object) in season.objects {
            let root = delivered.mail.root
            #expect(
                root.structure == [
                    "multipart/mixed", "  multipart/alternative", "    text/plain", "    text/html",
                    "    text/calendar", "  application/ics",
                ], "\(delivered.name)")
            let attachment = try #require(root.all.last)
            #expect(attachment["Content-Disposition"] == "attachment; filename=\"invite.ics\"")
            #expect(attachment.text == object.text, "\(delivered.name)")
        }
    }

    @Test func `names the method in the type of the calendar part as in the object, and nothing else`() {
        for (delivered, object) in season.objects {
            let method = delivered.message.kind == .cancellation ? "CANCEL" : "REQUEST"
            #expect(object.calendar("METHOD") == method)
            #expect(
                delivered.mail.calendar?["Content-Type"] == "text/calendar; charset=UTF-8; method=\(method)",
                "\(delivered.name)")
        }
    }

    @Test func `is ASCII in short lines that end in CRLF, as the lines of every part do once decoded`() {
        for delivered in season {
            #expect(delivered.mail.bytes.allSatisfy { $0 < 0x80 && $0 != 0 }, "\(delivered.name)")
            #expect(hasCleanLines(delivered.mail.bytes, most: 78), "\(delivered.name)")
            for part in delivered.mail.root.all where part.parts.isEmpty {
                #expect(["base64", "quoted-printable"].contains(part["Content-Transfer-Encoding"]))
                #expect(hasCleanLines(part.content, most: .max), "\(delivered.name), \(part.type)")
            }
        }
        for (delivered, object) in season.objects {
            #expect(delivered.mail.calendar?["Content-Transfer-Encoding"] == "base64")
            #expect(hasCleanLines(Array(object.text.utf8), most: 75), "\(delivered.name)")
        }
    }

    /// Whether every line ends in CRLF, none has a CR or LF of its own, and none is longer than so many octets.
    private func hasCleanLines(_ bytes: [UInt8], most: Int) -> Bool {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.last?.isEmpty == true
            && lines.dropLast().allSatisfy { line in
                line.last == 0x0D && !line.dropLast().contains(0x0D) && line.count - 1 <= most
            }
    }

    @Test func `goes to one person, who is an attendee of the object, and copies nobody`() {
        for delivered in season {
            #expect(delivered.mail.address("To") == delivered.message.recipient)
            #expect(!delivered.mail.root.headers.contains { ["Cc", "Bcc"].contains($0.name) })
            guard let object = delivered.mail.object else { continue }
            #expect(
                object.attendees.filter { $0 == "mailto:\(delivered.message.recipient.lowercased())" }.count == 1,
                "\(delivered.name)")
        }
    }

    @Test func `comes from the organiser, who takes the answers, throughout`() {
        for delivered in season {
            let from = delivered.mail.address("From")
            #expect(from == "reviews@partnership.example" && delivered.mail.address("Reply-To") == from)
            if let object = delivered.mail.object {
                #expect(object["ORGANIZER"] == "mailto:reviews@partnership.example")
            }
        }
        #expect(Set(season.compactMap { $0.mail.root["From"] }).count == 1)
    }

    @Test func `has an id of its own in the organiser's domain, a date, a thread, and a subject that says what it is`()
        throws
    {
        let words: [OutboxMessage.Kind: String] = [
            .invitation: "Invitation: ", .update: "Updated: ", .cancellation: "Cancelled: ", .reminder: "Reminder: ",
        ]
        var first: [String: String] = [:]
        for delivered in season {
            let (message, root) = (delivered.message, delivered.mail.root)
            #expect(root["Message-ID"] == "<\(message.messageID)>")
            #expect(message.messageID.hasSuffix("@partnership.example"))
            #expect(root["Date"]?.wholeMatch(of: /[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000/) != nil)
            guard let word = words[message.kind] else { continue }
            #expect(message.subject.hasPrefix(word))
            if let details = message.details {
                #expect(
                    message.subject.hasPrefix(word + details.title) && message.subject.contains(#/ \d{4}, \d\d:\d\d$/#))
            }
            let thread = first["\(message.session?.uid ?? "") \(message.recipient)"]
            #expect(root["In-Reply-To"] == thread && root["References"] == thread, "\(delivered.name)")
            #expect(thread != nil || message.kind == .invitation, "\(delivered.name)")
            first["\(message.session?.uid ?? "") \(message.recipient)"] = thread ?? root["Message-ID"]
        }
        #expect(Set(season.map(\.message.messageID)).count == season.count)
    }

    @Test func `encodes headers in words of at most 75 characters that cut no letter, and addresses in none`() throws {
        let encoded = /=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/
        let read = try ReadMail.read(season.map { Data($0.mail.bytes) })
        for (delivered, read) in zip(season, read) {
            for header in delivered.mail.root.headers {
                for word in header.value.matches(of: encoded) {
                    #expect(word.output.0.count <= 75)
                    let bytes = try #require(Data(base64Encoded: String(word.output.1)))
                    #expect(String(data: bytes, encoding: .utf8) != nil, "\(header)")
                }
                #expect(!header.value.unicodeScalars.contains { $0.value < 0x20 })
            }
            for name in ["From", "To", "Reply-To"] {
                #expect(delivered.mail.root[name]?.contains(/(^|<)[^<>?]+@[a-z.]+>?$/.ignoresCase()) == true)
            }
            #expect(read.subject == delivered.message.subject)
            #expect(read.from == "Adolygiadau Dyffryn Tâmar, “Tamar” <reviews@partnership.example>")
            let person = delivered.message.details?.participants.first { $0.address == delivered.message.recipient }
            if let person { #expect(read.to == "\(person.name.filter { $0 != "\r\n" }) <\(person.address)>") }
        }
    }

    @Test func `asks machines not to answer, and never passes for a mailing list`() {
        for delivered in season {
            let root = delivered.mail.root
            #expect(root["X-Auto-Response-Suppress"] == "OOF, AutoReply")
            #expect(
                root["Auto-Submitted"] == (delivered.mail.object == nil ? "auto-generated" : nil), "\(delivered.name)")
            #expect(root["Precedence"] == nil && root["List-Unsubscribe"] == nil)
        }
    }

    @Test func `says everything in its plain text`() throws {
        for delivered in season {
            guard let details = delivered.message.details else { continue }
            let text = delivered.mail.plainText
            let isHost = details.participants.first { $0.address == delivered.message.recipient }?.role == "host"
            var needed = [
                isHost ? details.stage : details.title.inOneLine, "When", details.zone == "UTC" ? "(UTC)" : " time)",
                "You are receiving this because",
            ]
            if delivered.message.kind != .cancellation {
                needed += [details.purpose.inOneLine, "reply to this email"]
                needed += [details.place, details.link].compactMap(\.self).map(\.inOneLine)
                needed += details.showsParticipants ? ["With ", "You ("] : []
            }
            for phrase in needed {
                #expect(text.localizedCaseInsensitiveContains(phrase), "\(delivered.name): \(phrase)")
            }
        }
    }

    @Test func `has HTML that shows data as data, loads nothing and keeps to what Outlook lays out`() {
        let known: Set<Substring> = [
            "!DOCTYPE", "html", "head", "meta", "title", "body", "table", "tr", "td", "th", "h1", "p", "a", "br", "ul",
            "li",
        ]
        for delivered in season where delivered.message.kind != .digest {
            let html = delivered.mail.html
            #expect(known.isSuperset(of: html.matches(of: /<\/?([^\s>\/]+)/).map(\.output.1)), "\(delivered.name)")
            #expect(!html.contains(/(?i)<[^>]*(\ssrc=|url\(|javascript:|\son[a-z]+=|position:|display:|float:)/))
            #expect(
                html.contains("&lt;") || delivered.message.details == nil || delivered.message.kind == .cancellation)
        }
    }

    @Test func `weighs less than 100 kB`() {
        for delivered in season { #expect(delivered.mail.bytes.count < 100_000, "\(delivered.name)") }
    }

    // MARK: Updates, cancellations and reminders

    @Test func `begins with a REQUEST, and ends with a CANCEL of its own for whoever leaves`() {
        var last: [String: OutgoingSeason.Delivered] = [:]
        for (delivered, object) in season.objects {
            let known = last.updateValue(
                delivered, forKey: "\(delivered.message.session?.uid ?? "") \(delivered.message.recipient)")
            #expect(known != nil || object.calendar("METHOD") == "REQUEST", "\(delivered.name)")
            guard delivered.message.kind == .cancellation, let before = known?.mail.object else { continue }
            #expect(object["UID"] == before["UID"] && object["DTSTART"] == before["DTSTART"])
            #expect(object.sequence ?? 0 > before.sequence ?? 0, "\(delivered.name)")
        }
        let cancelled = season.filter { $0.message.reason == "cancelled" }.map(\.message)
        #expect(cancelled.count == 4 && Set(cancelled.map(\.session?.uid)).count == 1)
        let session = season.filter { $0.message.session?.id == cancelled.first?.session?.id }.map(\.message)
        let returned = session.filter { $0.kind == .invitation && $0.session?.uid != cancelled.first?.session?.uid }
        #expect(returned.count == 4 && returned.allSatisfy { $0.session?.sequence == 0 }, "what returns is a new one")
    }

    @Test func `reminds without an object, with the link, on the clocks of whoever is reminded`() throws {
        let reminders = season.filter { $0.message.kind == .reminder && $0.message.reason != "deadline" }
        for delivered in reminders {
            #expect(delivered.mail.root.structure == ["multipart/alternative", "  text/plain", "  text/html"])
            #expect(delivered.mail.plainText.contains(/https:\/\/(meet.google|teams.microsoft).com\//))
        }
        let karachi = reminders.filter { $0.message.recipient == "ayesha@school.example" }
        #expect(karachi.count == 5 && karachi.allSatisfy { $0.mail.plainText.contains("(Karachi time)") })
        let london = try #require(karachi.first { $0.message.subject.contains("Llanfair") })
        #expect(london.message.subject.hasSuffix("Thu 15 Jul 2027, 13:00"))
        #expect(
            london.mail.plainText.contains(
                "13:00 to 14:30 (Karachi time) Thursday 15 July 2027, 09:00 to 10:30 (UK time)"))
    }

    // MARK: Others

    @Test func `is read without a complaint by Python's email, icalendar, vobject and libical, who all read the plan`()
        throws
    {
        let read = try ReadMail.read(season.map { Data($0.mail.bytes) })
        for (delivered, read) in zip(season, read) {
            #expect(read.defects.isEmpty, "\(delivered.name)")
            guard let details = delivered.message.details else {
                #expect(read.readings.isEmpty)
                continue
            }
            let isCancellation = delivered.message.kind == .cancellation
            let expected = ReadMail.Object(
                method: isCancellation ? "CANCEL" : "REQUEST", uid: delivered.message.session?.uid ?? "",
                sequence: delivered.message.session?.sequence ?? 0, start: details.start.description,
                end: details.end.description,
                status: isCancellation ? "CANCELLED" : "CONFIRMED", organizer: "mailto:reviews@partnership.example",
                attendees: delivered.attendees(details).sorted())
            #expect(read.readings.count == 3)
            for (reader, reading) in read.readings { #expect(reading == expected, "\(reader), \(delivered.name)") }
        }
    }
}

extension String {
    /// The text on one line, as wrapped lines are when joined.
    fileprivate var inOneLine: String { split { $0.isWhitespace }.joined(separator: " ") }
}
