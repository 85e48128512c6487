import ArgumentParser
import MusterDaemon
import MusterDelivery
import MusterModel
import MusterStore

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deliver once what is due in the outbox, and say what happened.",
        discussion:
            "Exit code 0: all that was due is delivered; 75: something is to be tried again; 1: something was refused for good."
    )

    @OptionGroup var place: PlaceOptions

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func run() async throws {
        let workspace = try place.workspace()
        let lock = try workspace.sendingLock()
        defer { withExtendedLifetime(lock) {} }
        let report = try await workspace.send()
        let waiting = try workspace.store.outboxCounts()[.due] ?? 0
        if json {
            let counts = [
                "delivered": report.delivered, "deferred": report.deferred.count, "dead": report.dead.count,
                "waiting": waiting,
            ]
            try Console.json(counts)
        } else {
            if report.delivered > 0 {
                Console.line("\(Wording.count(report.delivered, "mail")) delivered to \(workspace.mailDestination).")
            }
            for (message, error) in report.dead {
                Console.line("dead   \(message.number)  \(message.subject) (\(message.person)): \(error)")
            }
            for (message, error) in report.deferred.prefix(20) {
                Console.line("later  \(message.number)  \(message.subject) (\(message.person)): \(error)")
            }
            if let stopped = report.stopped { Console.line("Stopped: \(stopped)") }
            if waiting > 0 {
                Console.line("\(Wording.count(waiting, "mail")) wait\(waiting == 1 ? "s" : "") for another attempt.")
            }
            if report.delivered + report.deferred.count + report.dead.count + waiting == 0 {
                Console.line("Nothing is due.")
            }
        }
        if !report.dead.isEmpty { throw ExitCode(1) }
        if report.stopped != nil || !report.deferred.isEmpty { throw ExitCode(75) }
    }
}
