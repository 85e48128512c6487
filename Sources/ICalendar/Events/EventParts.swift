/// The properties of a `VEVENT` that its times and its claim on them depend on, found in one pass.
struct EventParts {
    private(set) var uid: Property?
    private(set) var start: Property?
    private(set) var end: Property?
    private(set) var duration: Property?
    private(set) var recurrenceID: Property?
    private(set) var sequence: Property?
    private(set) var stamp: Property?
    private(set) var rules: [Property] = []
    private(set) var recurrenceDates: [Property] = []
    private(set) var exceptionDates: [Property] = []
    private var status: Property?
    private var transparency: Property?
    private var busyStatus: Property?

    init(_ component: Component) {
        for property in component.properties {
            switch property.name {
            case "UID": uid = uid ?? property
            case "DTSTART": start = start ?? property
            case "DTEND": end = end ?? property
            case "DURATION": duration = duration ?? property
            case "RECURRENCE-ID": recurrenceID = recurrenceID ?? property
            case "SEQUENCE": sequence = sequence ?? property
            case "DTSTAMP": stamp = stamp ?? property
            case "RRULE", "EXRULE": rules.append(property)
            case "RDATE": recurrenceDates.append(property)
            case "EXDATE": exceptionDates.append(property)
            case "STATUS": status = status ?? property
            case "TRANSP": transparency = transparency ?? property
            case "X-MICROSOFT-CDO-BUSYSTATUS": busyStatus = busyStatus ?? property
            default: break
            }
        }
    }

    /// `TRANSP`, `STATUS` and Outlook's own word for it; the most definite one counts.
    var claim: Occurrence.Claim {
        if word(status) == "CANCELLED" { return .free }
        switch word(busyStatus) {
        case "FREE", "WORKINGELSEWHERE": return .free
        case "TENTATIVE": return .tentative
        default: break
        }
        if word(transparency) == "TRANSPARENT" { return .free }
        return word(status) == "TENTATIVE" ? .tentative : .busy
    }

    private func word(_ property: Property?) -> String? { property?.value.trimmed.uppercased() }
}
