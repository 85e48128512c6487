import CivilTime

/// What a day is to a school.
public enum DayKind: String, CaseIterable, Sendable, Codable {
    /// Pupils are there.
    case open
    /// Staff are there, pupils are not: bad for a review, good for a workshop.
    case inset
    /// Nobody is there.
    case closed
}

/// The days of a school: terms, less closures and INSET days, with the weeks in which examinations are held.
///
/// Laid over one another in layers (local authority, trust, school): a later layer's terms take the place of an earlier
/// one's, closures and INSET days add up, and an INSET day holds even where a closure names it.
public struct SchoolDays: Hashable, Sendable {
    /// A stretch of days with a name: a term, a half-term, an examination week.
    public struct Period: Hashable, Sendable {
        /// `Spring half-term`.
        public var name: String
        /// The first and the last day.
        public var dates: ClosedRange<CivilDate>
        /// The phase that it concerns, lower case; nil for every school.
        public var phase: String?

        /// A stretch of days.
        public init(name: String, dates: ClosedRange<CivilDate>, phase: String? = nil) {
            self.name = name
            self.dates = dates
            self.phase = phase
        }
    }

    /// When school is held, Monday to Friday.
    public var terms: [Period] = []
    /// Days of terms on which it is not: half-terms, bank holidays, closures.
    public var closures: [Period] = []
    /// INSET days.
    public var insetDays: Set<CivilDate> = []
    /// Weeks in which examinations are held.
    public var examinations: [Period] = []
    /// A Monday that begins a week A, where the timetable has two weeks.
    public var weekA: CivilDate?
    /// The last day that the bank holidays of the layers reach.
    public var bankHolidaysEnd: CivilDate?

    /// Days of no terms: everything is closed.
    public init() {}

    /// What a day is; days outside all terms are closed.
    public func kind(of date: CivilDate) -> DayKind {
        guard date.weekday <= .friday else { return .closed }
        if insetDays.contains(date) { return .inset }
        guard terms.contains(where: { $0.dates.contains(date) }),
            !closures.contains(where: { $0.dates.contains(date) })
        else { return .closed }
        return .open
    }

    /// Whether examinations of the phase are held that day.
    public func isExamination(_ date: CivilDate, phase: String?) -> Bool {
        examinations.contains { period in
            period.dates.contains(date) && (period.phase == nil || period.phase == phase?.lowercased())
        }
    }

    /// Whether the day is the first or the last open day of a term.
    public func isEdgeOfTerm(_ date: CivilDate) -> Bool {
        terms.contains { term in
            guard term.dates.contains(date), kind(of: date) == .open else { return false }
            let isFirst = !(term.dates.lowerBound..<date).contains { kind(of: $0) == .open }
            let isLast = !(date + 1..<term.dates.upperBound + 1).contains { kind(of: $0) == .open }
            return isFirst || isLast
        }
    }

    /// `A` or `B` in a timetable of two weeks, counted over the weeks in which school is held; nil where there is one
    /// week only or the day lies before the first week A.
    public func weekLetter(of date: CivilDate) -> String? {
        guard let weekA, date >= weekA else { return nil }
        var count = 0
        var monday = weekA
        while monday < date.monday {
            if (monday..<monday + 5).contains(where: { kind(of: $0) != .closed }) { count += 1 }
            monday = monday + 7
        }
        return count.isMultiple(of: 2) ? "A" : "B"
    }
}
