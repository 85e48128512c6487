import ArgumentParser
import CivilTime
import Foundation
import MusterModel
import MusterOperations

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What happened, when, who did it, and how many were told: of everything, or of one thing.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A session, track, school or person, by id or by the beginning of a name.")
    var entity: String?

    @Option(help: ArgumentHelp("Only what happened since that day.", valueName: "YYYY-MM-DD"))
    var since: String?

    @Option(help: ArgumentHelp("At most so many, the newest.", valueName: "n"))
    var limit = 50

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let date = try since.map { text in
            guard let date = CivilDate(iso: text) else {
                throw ValidationError("--since \(text) should be a day such as 2027-01-11.")
            }
            return Instant(utc: LocalDateTime(date: date)) - 1
        }
        let response = try await global.perform(
            ListEvents.self, ListEvents.Request(entity: entity, since: date, limit: limit))
        guard !json else { return try Console.json(response.events) }
        let zone = TimeZoneDatabase.system[response.zone] ?? .utc
        for event in response.events {
            let local = zone.local(event.at)
            let told = event.told == 0 ? "" : "; \(Wording.count(event.told, "mail"))"
            Console.line("\(local.date) \(local.time)  \(event.actor): \(event.title)\(told)")
        }
        if response.events.isEmpty { Console.line("Nothing is known to have happened.") }
    }
}
