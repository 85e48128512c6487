import CivilTime

/// The files of a small programme to begin with: made-up schools and people, and the season that comes next.
public struct StarterProgramme: Sendable {
    /// The text of each file, by its path in the config folder, in the order in which to read them.
    public let files: [(path: String, text: String)]

    /// A programme as one would begin it on a day.
    ///
    /// Its term dates are usual ones of England.
    public init(on day: CivilDate) {
        let (year, season) = SchoolYear.toPlan(on: day)
        let terms = Self.fill(
            PackageResources.terms_yaml,
            [
                "AUTUMN": year.autumn, "SPRING": year.spring, "SUMMER": year.summer, "OCTOBER": year.october,
                "FEBRUARY": year.february, "WHITSUN": year.whitsun,
            ].mapValues(Self.days))
        let cycle = Self.fill(PackageResources.cycle_yaml, ["TERM": season.name, "DATES": Self.days(season.dates)])
        files = [
            ("muster.yaml", Self.fill(PackageResources.muster_yaml)),
            ("programme/schools.csv", Self.fill(PackageResources.schools_csv)),
            ("programme/people.csv", Self.fill(PackageResources.people_csv)),
            ("programme/terms/ours.yaml", terms),
            ("programme/partnerships/ours.yaml", Self.fill(PackageResources.partnership_yaml)),
            ("programme/cycles/first.yaml", cycle),
        ]
    }

    private static func days(_ dates: ClosedRange<CivilDate>) -> String {
        "\(dates.lowerBound) to \(dates.upperBound)"
    }

    private static func fill(_ resource: [UInt8], _ values: [String: String] = [:]) -> String {
        values.reduce(String(decoding: resource, as: UTF8.self)) { $0.replacing($1.key, with: $1.value) }
    }
}

/// Usual term dates of England.
private struct SchoolYear {
    /// The year in which it begins.
    let year: Int

    /// The Monday of the week of a day.
    private func monday(in year: Int, month: Int, day: Int) -> CivilDate {
        (CivilDate(year: year, month: month, day: day) ?? CivilDate(dayNumber: 0)).monday
    }

    var autumn: ClosedRange<CivilDate> { monday(in: year, month: 9, day: 7)...monday(in: year, month: 12, day: 16) + 4 }
    var spring: ClosedRange<CivilDate> {
        monday(in: year + 1, month: 1, day: 7)...monday(in: year + 1, month: 3, day: 25) + 4
    }
    var summer: ClosedRange<CivilDate> {
        monday(in: year + 1, month: 4, day: 18)...monday(in: year + 1, month: 7, day: 18) + 2
    }
    var october: ClosedRange<CivilDate> {
        monday(in: year, month: 10, day: 27)...monday(in: year, month: 10, day: 27) + 4
    }
    var february: ClosedRange<CivilDate> {
        monday(in: year + 1, month: 2, day: 16)...monday(in: year + 1, month: 2, day: 16) + 4
    }
    var whitsun: ClosedRange<CivilDate> {
        monday(in: year + 1, month: 5, day: 29)...monday(in: year + 1, month: 5, day: 29) + 4
    }

    /// The next term of which enough is left to plan a season in, with its school year.
    static func toPlan(on day: CivilDate) -> (SchoolYear, season: (name: String, dates: ClosedRange<CivilDate>)) {
        let year = SchoolYear(year: day.month >= 8 ? day.year : day.year - 1)
        let terms = [
            ("autumn term \(year.year)", year.autumn), ("spring term \(year.year + 1)", year.spring),
            ("summer term \(year.year + 1)", year.summer),
        ]
        for (name, dates) in terms where dates.upperBound - day > 70 {
            return (year, (name, max(dates.lowerBound, day + 7)...dates.upperBound))
        }
        let next = SchoolYear(year: year.year + 1)
        return (next, ("autumn term \(next.year)", next.autumn))
    }
}
