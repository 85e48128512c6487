import CivilTime
import Foundation
import MusterModel
import MusterStore
import MusterTestSupport
import Testing

/// What the objects in outgoing mails must satisfy, checked on those of a hard season.
@Suite struct `Every object that goes out` {
    private let objects: [(delivered: OutgoingSeason.Delivered, object: OutgoingObject)]

    init() async throws { objects = try await OutgoingSeason.whole.value.delivered.objects }

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
            #expect(uid == delivered.message.session?.uid && uid.utf8.count <= 255 && !uid.contains("review"))
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
    @Test func `shows a team to one another, and a crowd to nobody`() throws {
        for (delivered, object) in objects {
            let details = try #require(delivered.message.details)
            #expect(object.attendees == delivered.attendees(details), "\(delivered.name)")
            let others = details.participants.filter { $0.address != delivered.message.recipient }
            if !details.showsParticipants {
                #expect(!others.contains { delivered.mail.plainText.contains($0.name + " (") })
            }
        }
        let crowd = objects.map(\.delivered.message).filter { $0.details?.showsParticipants == false }
        let sessions = Dictionary(grouping: crowd, by: \.session?.uid).values
        #expect(sessions.contains { Set($0.map(\.recipient)).count == 30 })
        #expect(crowd.allSatisfy { $0.details?.participants.map(\.address) == [$0.recipient] }, "and keeps no more")
    }

    @Test func `tells calendars its state, its link and its alarms, of which a cancellation has none`() throws {
        for (delivered, object) in objects {
            let details = try #require(delivered.message.details)
            let isCancellation = delivered.message.kind == .cancellation
            #expect(object["STATUS"] == (isCancellation ? "CANCELLED" : "CONFIRMED"))
            #expect(object["TRANSP"] == (isCancellation ? "TRANSPARENT" : "OPAQUE"))
            #expect(object["X-MICROSOFT-CDO-BUSYSTATUS"] == (isCancellation ? "FREE" : "BUSY"))
            #expect(object["CLASS"] == (details.visibility?.rawValue ?? "public").uppercased())
            #expect(object["X-MICROSOFT-DISALLOW-COUNTER"] == (details.allowsProposals == false ? "TRUE" : nil))
            #expect(object["CATEGORIES"]?.unescaped == details.partnership)
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
}

extension String {
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
