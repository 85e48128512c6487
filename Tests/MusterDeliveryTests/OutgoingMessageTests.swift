import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

/// What outgoing mails must satisfy, checked on the bytes of a hard season: each of these once broke a client that
/// people use.
@Suite struct `Every mail that goes out` {
    private static let whole = Task { try await OutgoingSeason().delivered }
    private let season: [OutgoingSeason.Delivered]

    init() async throws { season = try await Self.whole.value }

    private static let scheduling: Set<OutboxMessage.Kind> = [.invitation, .update, .cancellation]

    /// Mails that carry an object, with it.
    private var objects: [(delivered: OutgoingSeason.Delivered, object: OutgoingObject)] {
        season.compactMap { delivered in delivered.mail.object.map { (delivered, $0) } }
    }

    @Test func `is of a kind that the season knows, and no kind is missing`() {
        let kinds = Dictionary(grouping: season, by: \.message.kind).mapValues(\.count)
        #expect(Set(kinds.keys) == [.invitation, .update, .cancellation, .reminder, .digest])
        #expect(objects.count == season.count { Self.scheduling.contains($0.message.kind) })
        #expect(
            Set(season.map(\.message.reason)).isSuperset(of: ["moved", "substituted", "left", "joined", "cancelled"]))
    }

    // MARK: The message

    @Test func `carries text, HTML and the object, once and last, and the object again as invite.ics`() throws {
        for (delivered, object) in objects {
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
        for (delivered, object) in objects {
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
        for (delivered, object) in objects {
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
            let thread = first["\(message.uid) \(message.recipient)"]
            #expect(root["In-Reply-To"] == thread && root["References"] == thread, "\(delivered.name)")
            #expect(thread != nil || message.kind == .invitation, "\(delivered.name)")
            first["\(message.uid) \(message.recipient)"] = thread ?? root["Message-ID"]
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
            let isHost = details.participants.first { $0.address == delivered.message.recipient }?.part == "host"
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

    // MARK: The object

    @Test func `holds one event and the zones that it uses, and says so in the order that clients look for`() {
        for (delivered, object) in objects {
            #expect(object.text.components(separatedBy: "BEGIN:VCALENDAR\r\n").count == 2)
            #expect(object.text.components(separatedBy: "BEGIN:VEVENT\r\n").count == 2)
            let head = object.properties.filter { $0.path == "VCALENDAR" }
            #expect(head.map(\.name) == ["METHOD", "PRODID", "VERSION", "CALSCALE"])
            #expect(object.calendar("VERSION") == "2.0" && object.calendar("CALSCALE") == "GREGORIAN")
            let defined = object.properties.filter { $0.name == "TZID" }.map(\.value)
            let used = Set(object.properties.compactMap { $0.parameters["TZID"] })
            #expect(Set(defined) == used && defined.count == used.count, "\(delivered.name)")
            #expect(object.all("UID").count == 1)
        }
    }

    @Test func `folds between letters and never inside an escape, and quotes what a parameter cannot hold`() {
        for (delivered, object) in objects {
            for line in object.text.components(separatedBy: "\r\n").dropLast() {
                let slashes = line.reversed().prefix { $0 == "\\" }.count
                #expect(slashes.isMultiple(of: 2), "\(delivered.name): \(line)")
                #expect(!line.unicodeScalars.contains("\u{FFFD}") && !line.hasPrefix("ATTENDEE:x"))
            }
            for property in object.properties {
                for value in property.parameters.values {
                    #expect(!value.unicodeScalars.contains { $0 == "\"" || $0.value < 0x20 }, "\(delivered.name)")
                }
            }
            #expect(object.attendees.allSatisfy { $0.hasPrefix("mailto:") }, "\(delivered.name)")
            if let details = delivered.message.details, delivered.message.kind != .cancellation {
                #expect(
                    object["DESCRIPTION"]?.unescaped.hasPrefix(details.purpose.replacing("\r\n", with: "\n")) == true)
                #expect(object["SUMMARY"]?.unescaped == details.title, "\(delivered.name)")
            }
        }
    }

    @Test func `keeps its UID for the session's life, and its SEQUENCE while time, place and people stay`() throws {
        var seen: [String: [Int: Set<[String]>]] = [:]
        var stamps: [String: String] = [:]
        for (delivered, object) in objects {
            let uid = try #require(object["UID"])
            #expect(uid == delivered.message.uid && uid.utf8.count <= 255 && !uid.contains("review"))
            let sequence = try #require(object.sequence)
            let stamp = try #require(object["DTSTAMP"])
            #expect(stamp.wholeMatch(of: /\d{8}T\d{6}Z/) != nil && object["LAST-MODIFIED"] == stamp)
            let reader = "\(uid) \(delivered.message.recipient)"
            #expect(stamp > stamps[reader] ?? "", "\(delivered.name)")
            stamps[reader] = stamp
            guard delivered.message.kind != .cancellation, delivered.message.details?.showsParticipants == true else {
                continue
            }
            let state = [object["DTSTART"], object["DTEND"], object["LOCATION"]].map { $0 ?? "" } + object.attendees
            seen[uid, default: [:]][sequence, default: []].insert(state)
        }
        for (uid, states) in seen {
            #expect(states.keys.sorted() == Array(0..<states.count), "\(uid) grows by one")
            #expect(states.values.allSatisfy { $0.count == 1 }, "\(uid)")
            #expect(Set(states.values).count > 1 || states.count == 1)
        }
        #expect(seen.values.contains { $0.count == 3 } && seen.values.contains { $0.count == 1 })
    }

    @Test func `has times in the host's zone or in UTC, the end after the start`() throws {
        for (delivered, object) in objects {
            let zone = try #require(delivered.message.details).zone
            for name in ["DTSTART", "DTEND"] {
                let time = try #require(object.all(name).first)
                let form = zone == "UTC" ? /\d{8}T\d{6}Z/ : /\d{8}T\d{6}/
                #expect(time.parameters["TZID"] == (zone == "UTC" ? nil : zone))
                #expect(time.value.wholeMatch(of: form) != nil, "\(delivered.name)")
            }
            #expect(object["DTSTART"] ?? "" < object["DTEND"] ?? "")
        }
    }

    @Test func `describes zones by yearly rules that Outlook understands, change by change, or as the one they are`()
        throws
    {
        for (delivered, object) in objects {
            let zone = try #require(delivered.message.details).zone
            let observances = object.text.matches(of: /BEGIN:(STANDARD|DAYLIGHT)\r\n/).map { String($0.output.1) }
            let rules = object.properties.filter { $0.name == "RRULE" }.map(\.value)
            #expect(rules.allSatisfy { $0.wholeMatch(of: /FREQ=YEARLY;BYMONTH=\d+;BYDAY=-?\dSU/) != nil })
            switch zone {
            case "Europe/London", "Europe/Dublin", "America/St_Johns":
                #expect(observances.sorted() == ["DAYLIGHT", "STANDARD"] && rules.count == 2, "\(delivered.name)")
                #expect(offset("DAYLIGHT", object) > offset("STANDARD", object), "\(delivered.name)")
            case "Africa/Casablanca": #expect(observances.count > 2 && rules.isEmpty)
            default: #expect(observances == (zone == "UTC" ? [] : ["STANDARD"]) && rules.isEmpty, "\(delivered.name)")
            }
        }
    }

    /// Minutes east of UTC in an observance.
    private func offset(_ observance: String, _ object: OutgoingObject) -> Int {
        let property = object.properties.first { $0.path.hasSuffix(observance) && $0.name == "TZOFFSETTO" }
        let value = Int(property?.value ?? "") ?? 0
        return value / 100 * 60 + value % 100
    }

    @Test func `names an organiser who is no attendee, and each attendee with role, answer and name`() {
        for (delivered, object) in objects {
            let isCancellation = delivered.message.kind == .cancellation
            #expect(object.all("ORGANIZER").first?.parameters["CN"] == "Adolygiadau Dyffryn Tâmar, “Tamar”")
            #expect(!object.attendees.contains(object["ORGANIZER"] ?? ""))
            #expect(Set(object.attendees).count == object.attendees.count)
            for attendee in object.all("ATTENDEE") {
                #expect(attendee.value == attendee.value.lowercased())
                let parameters = attendee.parameters
                #expect(parameters["CUTYPE"] == "INDIVIDUAL" && parameters["CN"]?.isEmpty == false)
                #expect(["REQ-PARTICIPANT", "OPT-PARTICIPANT"].contains(parameters["ROLE"]))
                #expect(parameters["PARTSTAT"] == "NEEDS-ACTION")
                #expect(parameters["RSVP"] == (isCancellation ? nil : "TRUE"), "\(delivered.name)")
            }
        }
    }

    /// Whom the object of a mail is to name: a team all of its members, and a crowd, or who leaves, the recipient alone.
    private func attendees(of delivered: OutgoingSeason.Delivered, _ details: SessionDetails) -> [String] {
        let isAlone = delivered.message.kind == .cancellation || !details.showsParticipants
        let shown = isAlone ? [delivered.message.recipient] : details.participants.map(\.address)
        return shown.map { "mailto:\($0.lowercased())" }
    }

    @Test func `shows a team to one another, and a crowd to nobody`() throws {
        for (delivered, object) in objects {
            let details = try #require(delivered.message.details)
            #expect(object.attendees == attendees(of: delivered, details), "\(delivered.name)")
            let others = details.participants.filter { $0.address != delivered.message.recipient }
            if !details.showsParticipants {
                #expect(!others.contains { delivered.mail.plainText.contains($0.name + " (") })
            }
        }
        #expect(objects.contains { $0.delivered.message.details?.participants.count == 30 })
    }

    @Test func `tells calendars its state, its link and its alarms, of which a cancellation has none`() throws {
        for (delivered, object) in objects {
            let details = try #require(delivered.message.details)
            let isCancellation = delivered.message.kind == .cancellation
            #expect(object["STATUS"] == (isCancellation ? "CANCELLED" : "CONFIRMED"))
            #expect(object["TRANSP"] == (isCancellation ? "TRANSPARENT" : "OPAQUE"))
            #expect(object["X-MICROSOFT-CDO-BUSYSTATUS"] == (isCancellation ? "FREE" : "BUSY"))
            #expect(object["CLASS"] == "PUBLIC" && object["CATEGORIES"]?.unescaped == details.partnership)
            #expect(object["CREATED"] ?? "9" <= object["DTSTAMP"] ?? "")
            #expect(object.text.components(separatedBy: "BEGIN:VALARM").count - 1 == (isCancellation ? 0 : 2))
            let link = try #require(details.link)
            #expect(object["CONFERENCE"] == link && object["LOCATION"]?.unescaped == details.place ?? link)
            #expect(object.all("CONFERENCE").first?.parameters["VALUE"] == "URI")
            #expect((object["X-GOOGLE-CONFERENCE"] != nil) == link.hasPrefix("https://meet.google.com/"))
            #expect(
                (object["X-MICROSOFT-SKYPETEAMSMEETINGURL"] != nil) == link.hasPrefix("https://teams.microsoft.com/"))
            if !isCancellation { #expect(object["DESCRIPTION"]?.contains(link) == true) }
        }
    }

    // MARK: Updates, cancellations and reminders

    @Test func `begins with a REQUEST, and ends with a CANCEL of its own for whoever leaves`() {
        var last: [String: OutgoingSeason.Delivered] = [:]
        for (delivered, object) in objects {
            let known = last.updateValue(delivered, forKey: "\(delivered.message.uid) \(delivered.message.recipient)")
            #expect(known != nil || object.calendar("METHOD") == "REQUEST", "\(delivered.name)")
            guard delivered.message.kind == .cancellation, let before = known?.mail.object else { continue }
            #expect(object["UID"] == before["UID"] && object["DTSTART"] == before["DTSTART"])
            #expect(object.sequence ?? 0 > before.sequence ?? 0, "\(delivered.name)")
        }
        let cancelled = season.filter { $0.message.reason == "cancelled" }.map(\.message)
        #expect(cancelled.count == 4 && Set(cancelled.map(\.uid)).count == 1)
        let session = season.filter { $0.message.session == cancelled.first?.session }.map(\.message)
        let returned = session.filter { $0.kind == .invitation && $0.uid != cancelled.first?.uid }
        #expect(returned.count == 4 && returned.allSatisfy { $0.sequence == 0 }, "what returns is a new one")
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
                method: isCancellation ? "CANCEL" : "REQUEST", uid: delivered.message.uid,
                sequence: delivered.message.sequence, start: details.start.description, end: details.end.description,
                status: isCancellation ? "CANCELLED" : "CONFIRMED", organizer: "mailto:reviews@partnership.example",
                attendees: attendees(of: delivered, details).sorted())
            #expect(read.readings.count == 3)
            for (reader, reading) in read.readings { #expect(reading == expected, "\(reader), \(delivered.name)") }
        }
    }
}

extension String {
    /// The text on one line, as wrapped lines are when joined.
    fileprivate var inOneLine: String { split { $0.isWhitespace }.joined(separator: " ") }

    /// A TEXT value without its escapes (RFC 5545 §3.3.11).
    fileprivate var unescaped: String {
        var text = String.UnicodeScalarView()
        var rest = unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                text.append(scalar)
                continue
            }
            text.append(escaped == "n" ? "\n" : escaped)
        }
        return String(text)
    }
}
