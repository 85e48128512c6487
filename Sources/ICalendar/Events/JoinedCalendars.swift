/// The calendars of a file, with changed instances of a series where the series is.
struct JoinedCalendars {
    private(set) var all: [Component]

    init(_ calendars: [Component]) {
        all = calendars
        guard calendars.count > 1 else { return }
        var places: [String: Int] = [:]
        for (index, calendar) in calendars.enumerated() {
            for event in calendar.events where !event.isChange && places[event.uid] == nil {
                places[event.uid] = index
            }
        }
        for (index, calendar) in calendars.enumerated() {
            let own = Set(calendar.events.filter { !$0.isChange }.map(\.uid))
            let moved = calendar.events.filter { event in
                event.isChange && !event.uid.isEmpty && !own.contains(event.uid) && places[event.uid] != nil
            }
            guard !moved.isEmpty else { continue }
            let uids = Set(moved.map(\.uid))
            all[index].components.removeAll { $0.name == "VEVENT" && $0.isChange && uids.contains($0.uid) }
            let zones = calendar.components.filter { $0.name == "VTIMEZONE" }
            for (place, events) in Dictionary(grouping: moved, by: { places[$0.uid] ?? index }) {
                // The zones of a calendar come first; of two with one name the first counts.
                all[place].components += zones + events
            }
        }
    }
}

extension Component {
    fileprivate var events: [Component] { components.filter { $0.name == "VEVENT" } }

    fileprivate var uid: String { first("UID")?.text.trimmed ?? "" }

    fileprivate var isChange: Bool { first("RECURRENCE-ID") != nil }
}
