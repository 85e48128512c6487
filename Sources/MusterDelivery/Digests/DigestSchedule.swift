import CivilTime
import MusterModel

/// When a coordinator is told how things stand: at 7:30 on days on which one of the schools is open.
public struct DigestSchedule: Sendable {
    private static let time = TimeOfDay(minutes: 450)

    private let frequency: Partnership.Digest
    private let zone: TimeZoneRules
    private let days: [SchoolDays]

    /// A schedule on the clocks of a zone, for schools with these days.
    public init(_ frequency: Partnership.Digest, zone: TimeZoneRules, days: [SchoolDays]) {
        self.frequency = frequency
        self.zone = zone
        self.days = days
    }

    /// The newest moment that has come, at most ten days ago; nil where there is none.
    func newest(at now: Instant) -> Instant? {
        let today = zone.local(now).date
        return (today - 10..<today + 1).reversed().lazy.compactMap(moment).first { $0 <= now }
    }

    /// The next moment to come, at most two months from now; nil where there is none.
    public func next(after now: Instant) -> Instant? {
        let today = zone.local(now).date
        return (today..<today + 62).lazy.compactMap(moment).first { $0 > now }
    }

    private func moment(_ date: CivilDate) -> Instant? {
        let isDay =
            switch frequency {
            case .never: false
            case .daily: isOpen(date)
            case .weekly: isOpen(date) && !(date.monday..<date).contains(where: isOpen)
            }
        return isDay ? zone.instant(LocalDateTime(date: date, time: Self.time)) : nil
    }

    private func isOpen(_ date: CivilDate) -> Bool { days.contains { $0.kind(of: date) != .closed } }
}
