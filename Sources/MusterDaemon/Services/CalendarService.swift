import CivilTime
import MusterOperations

/// Reads calendars when each is due, and has the plan looked at where somebody's busy times changed.
struct CalendarService: PeriodicService {
    let context: ServiceContext
    let work = "reading calendars"
    let longestPause = Duration.seconds(900)
    var startDelay: Duration { context.startDelay }
    var wakeSignal: WakeSignal { context.calendarSignal }

    func runOnce() async throws -> Instant? {
        let calendars = try await context.run(RefreshCalendars.self)
        if calendars.isChanged { context.planningSignal.notify() }
        context.deliverySignal.notify()
        return calendars.next
    }
}
