import CivilTime
import MusterModel
import MusterPlanner

/// When a stage may be by its own rules, and what of that is less liked: alike at schools whose days and clocks are.
struct StageTimes: Sendable {
    /// What it depends on.
    struct Key: Hashable {
        let cycle: CycleID
        let stage: StageID
        let isTraining: Bool
        /// The school's days, by their number in the table.
        let days: Int
        let phase: String?
        let zone: String
    }

    /// What a less liked time costs, for each slot.
    enum Weight {
        static let notPreferred = 1
        static let dayToAvoid = 2
    }

    /// The days on which it may be.
    let dates: [CivilDate]
    /// Its times of day, on every day of the grid.
    let hours: [SlotRange]
    /// Times that are less liked.
    let avoid: [WeightedRange]

    init(_ stage: Stage, of cycle: Cycle, at school: School, slots: Slots) {
        dates = slots.dates.filter { date in
            stage.days.contains(school.days.kind(of: date)) && stage.weekdays.contains(date.weekday)
                && !(cycle.rules.examinations == .never && school.days.isExamination(date, phase: school.phase))
                && !(cycle.rules.edgesOfTerm == .never && school.days.isEdgeOfTerm(date))
        }
        let times = stage.times.isEmpty ? [Self.wholeDay] : stage.times
        hours = SlotSets.union(
            slots.dates.flatMap { date in times.map { slots.window(date, $0, in: school.zone) } })
        avoid = SlotSets.sum(
            dates.flatMap { Self.avoid($0, stage: stage, cycle: cycle, school: school, slots: slots) })
    }

    private static let wholeDay = TimeOfDay(minutes: 0)..<TimeOfDay(minutes: 1440)

    /// What is less liked of a day.
    private static func avoid(
        _ date: CivilDate, stage: Stage, cycle: Cycle, school: School, slots: Slots
    ) -> [WeightedRange] {
        var ranges: [WeightedRange] = []
        let day = slots.window(date, wholeDay, in: school.zone)
        if !stage.preferredWeekdays.isEmpty, !stage.preferredWeekdays.contains(date.weekday) {
            ranges.append(WeightedRange(day.from, day.to, weight: Weight.notPreferred))
        }
        if !stage.preferredTimes.isEmpty {
            let liked = stage.preferredTimes.map { slots.window(date, $0, in: school.zone) }
            ranges += SlotSets.subtract(liked, from: [day]).map {
                WeightedRange($0.from, $0.to, weight: Weight.notPreferred)
            }
        }
        let isExamination = cycle.rules.examinations == .avoid && school.days.isExamination(date, phase: school.phase)
        let isEdge = cycle.rules.edgesOfTerm == .avoid && school.days.isEdgeOfTerm(date)
        if isExamination || isEdge { ranges.append(WeightedRange(day.from, day.to, weight: Weight.dayToAvoid)) }
        return ranges
    }
}
