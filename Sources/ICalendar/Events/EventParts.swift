/// The properties of a `VEVENT` that its times and its claim on them depend on, found in one pass.
struct EventParts {
    private let properties: [Property]
    /// Where the first property of each kind stands, by `Kind`.
    private var places: SIMD16<Int32> = SIMD16(repeating: -1)
    private(set) var rules: [Property] = []
    private(set) var recurrenceDates: [Property] = []
    private(set) var exceptionDates: [Property] = []
    private var attendees: [Property] = []

    private enum Kind: Int {
        case uid, start, end, duration, recurrenceID, sequence, stamp, status, transparency, busyStatus, intendedStatus
        case travel
    }

    init(_ component: Component) {
        properties = component.properties
        for index in properties.indices {
            // Most properties say nothing about times; the lengths of names tell nearly all of them apart.
            switch properties[index].name.utf8.count {
            case 3 where properties[index].name == "UID": note(.uid, index)
            case 5 where properties[index].name == "DTEND": note(.end, index)
            case 5 where properties[index].name == "RRULE": rules.append(properties[index])
            case 5 where properties[index].name == "RDATE": recurrenceDates.append(properties[index])
            case 6 where properties[index].name == "STATUS": note(.status, index)
            case 6 where properties[index].name == "TRANSP": note(.transparency, index)
            case 6 where properties[index].name == "EXDATE": exceptionDates.append(properties[index])
            case 6 where properties[index].name == "EXRULE": rules.append(properties[index])
            case 7 where properties[index].name == "DTSTART": note(.start, index)
            case 7 where properties[index].name == "DTSTAMP": note(.stamp, index)
            case 8 where properties[index].name == "DURATION": note(.duration, index)
            case 8 where properties[index].name == "SEQUENCE": note(.sequence, index)
            case 8 where properties[index].name == "ATTENDEE": attendees.append(properties[index])
            case 13 where properties[index].name == "RECURRENCE-ID": note(.recurrenceID, index)
            case 23 where properties[index].name == "X-APPLE-TRAVEL-DURATION": note(.travel, index)
            case 30 where properties[index].name == "X-MICROSOFT-CDO-INTENDEDSTATUS": note(.intendedStatus, index)
            case 26 where properties[index].name == "X-MICROSOFT-CDO-BUSYSTATUS": note(.busyStatus, index)
            default: break
            }
        }
    }

    /// Whether anything says that the event recurs, or that some of its instances are taken out.
    var recurs: Bool { !(rules.isEmpty && recurrenceDates.isEmpty && exceptionDates.isEmpty) }

    var uid: Property? { first(.uid) }
    var start: Property? { first(.start) }
    var end: Property? { first(.end) }
    var duration: Property? { first(.duration) }
    var recurrenceID: Property? { first(.recurrenceID) }
    var sequence: Property? { first(.sequence) }
    var stamp: Property? { first(.stamp) }
    var travel: Property? { first(.travel) }

    /// `TRANSP`, `STATUS`, Outlook's own words for it and what the owner answered; the most definite one counts.
    ///
    /// - Parameter owners: the addresses of whose calendar it is, in lower case; nobody else's answer matters.
    func claim(of owners: Set<String>) -> Occurrence.Claim {
        let answer = owners.isEmpty ? nil : answer(of: owners)
        if answer == "DECLINED" { return .free }
        let status = word(.status)
        let busyStatus = word(.busyStatus)
        if status == "CANCELLED" || busyStatus == "FREE" || busyStatus == "WORKINGELSEWHERE" { return .free }
        if busyStatus == "TENTATIVE" {
            // Outlook shows what was accepted so until it has seen the answer itself.
            return answer == "ACCEPTED" && word(.intendedStatus) == "BUSY" ? .busy : .tentative
        }
        if word(.transparency) == "TRANSPARENT" { return .free }
        return status == "TENTATIVE" ? .tentative : .busy
    }

    /// What the owner answered to the invitation; nil where they were not asked, or two answers differ.
    private func answer(of owners: Set<String>) -> String? {
        let answers = attendees.filter { !$0.addresses.isDisjoint(with: owners) }.map {
            $0.parameter("PARTSTAT")?.uppercased() ?? "NEEDS-ACTION"
        }
        return Set(answers).count == 1 ? answers.first : nil
    }

    private mutating func note(_ kind: Kind, _ index: Int) {
        if places[kind.rawValue] < 0 { places[kind.rawValue] = Int32(index) }
    }

    private func first(_ kind: Kind) -> Property? {
        let place = places[kind.rawValue]
        return place < 0 ? nil : properties[Int(place)]
    }

    /// The value of a property, in whatever case and with whatever spaces it is written.
    private func word(_ kind: Kind) -> String? {
        let place = Int(places[kind.rawValue])
        return place < 0 ? nil : properties[place].value.tidied
    }
}

extension Property {
    /// The addresses of an attendee, in lower case: `mailto:`, and `EMAIL` where the value is another name.
    fileprivate var addresses: Set<String> {
        let value = value.trimmed.lowercased()
        let address = value.hasPrefix("mailto:") ? String(value.dropFirst(7)) : value
        return Set([address, parameter("EMAIL")?.lowercased()].compactMap(\.self))
    }
}
