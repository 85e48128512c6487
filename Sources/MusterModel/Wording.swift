import CivilTime

/// How dates, times and roles are said, wherever people read them.
public enum Wording {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    private static func dayAndMonth(_ date: CivilDate) -> String { "\(date.day) \(months[date.month - 1])" }

    /// `Wednesday 13 January 2027`.
    public static func longDay(_ date: CivilDate) -> String { "\(date.weekday.name) \(dayAndMonth(date)) \(date.year)" }

    /// `Wed 13 January`.
    public static func day(_ date: CivilDate) -> String { "\(date.weekday.shortName) \(dayAndMonth(date))" }

    /// `Wed 13 Jan`.
    public static func shortDay(_ date: CivilDate) -> String {
        "\(date.weekday.shortName) \(date.day) \(shortMonth(date))"
    }

    /// `Jan`.
    public static func shortMonth(_ date: CivilDate) -> String { String(months[date.month - 1].prefix(3)) }

    /// `Wed 13 Jan 2027, 14:00`, in a zone.
    public static func moment(_ instant: Instant, in zone: TimeZoneRules) -> String {
        let local = zone.local(instant)
        return "\(shortDay(local.date)) \(local.date.year), \(local.time)"
    }

    /// `Wed 13 Jan 14:00–15:00`, in a zone.
    public static func span(_ start: Instant, _ end: Instant, in zone: TimeZoneRules) -> String {
        let (from, to) = (zone.local(start), zone.local(end))
        return "\(shortDay(from.date)) \(from.time)–\(to.time)"
    }

    /// `UK time` for London, else `Paris time`.
    public static func zone(_ name: String) -> String {
        switch name {
        case "Europe/London": "UK time"
        case "UTC": "UTC"
        default: (name.split(separator: "/").last ?? "local").replacing("_", with: " ") + " time"
        }
    }

    /// `host`, `lead reviewer`, `reviewer`, `Improvement Champion`; other roles as the cycle names them.
    public static func role(_ role: String) -> String {
        switch role {
        case "lead": "lead reviewer"
        case "champion": "Improvement Champion"
        default: role.replacing("-", with: " ")
        }
    }

    /// A stage's name inside a sentence: `pre-review meeting`, but `Improvement Workshop`, which is a title.
    public static func inSentence(_ stage: String) -> String {
        stage.dropFirst().contains { $0.isUppercase } ? stage : stage.prefix(1).lowercased() + stage.dropFirst()
    }

    /// `1 session`, `3 sessions`.
    public static func count(_ number: Int, _ noun: String) -> String {
        let plural = noun.hasSuffix("person") ? noun.dropLast(6) + "people" : noun + "s"
        return "\(grouped(number)) \(number == 1 ? noun : String(plural))"
    }

    /// `12,345`.
    public static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(Substring(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
    }

    /// `a`, `a and b`, `a, b and c`.
    public static func list(_ items: [String], _ conjunction: String = "and") -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }

    /// `2 days`, `3 hours`, `just now`: an age in seconds.
    public static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "moments"
        case ..<7200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3600) hours"
        default: "\(seconds / 86_400) days"
        }
    }
}
