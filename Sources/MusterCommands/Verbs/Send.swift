import ArgumentParser
import MusterDaemon
import MusterDelivery
import MusterModel
import MusterOperations
import MusterStore

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deliver once what is due in the outbox, and say what happened.",
        discussion:
            "Exit code 0: all that was due is delivered; 75: something is to be tried again; 1: something was refused for good."
    )

    @OptionGroup var place: GlobalOptions

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func run() async throws {
        let workspace = try place.workspace()
        let report = try await workspace.send()
        let waiting = try workspace.store.outboxCounts()[.due] ?? 0
        if json {
            let counts = [
                "delivered": report.delivered, "deferred": report.deferredCount, "dead": report.deadCount,
                "expired": report.expired, "waiting": waiting,
            ]
            try Console.json(counts)
        } else {
            lines(report, waiting, workspace).forEach { Console.line($0) }
        }
        if report.deadCount > 0 { throw ExitCode(1) }
        if report.stopped != nil || report.deferredCount > 0 { throw ExitCode(75) }
    }

    private func lines(_ report: DeliveryReport, _ waiting: Int, _ workspace: Workspace) -> [String] {
        var lines: [String] = []
        if report.delivered > 0 {
            let noun = workspace.destinations.count > 1 ? "message" : "mail"
            lines.append("\(Wording.count(report.delivered, noun)) delivered to \(place(workspace)).")
        }
        if report.expired > 0 {
            lines.append("\(Wording.count(report.expired, "message")) came too late to be of use and were dropped.")
        }
        lines += report.dead.map { "dead   \($0.number)  \($0.subject) (\($0.recipient)): \($0.error)" }
        lines += report.deferred.prefix(20).map {
            "later  \($0.number)  \($0.subject) (\($0.recipient)): \($0.error)"
        }
        if let stopped = report.stopped { lines.append("Stopped: \(stopped)") }
        if waiting > 0 {
            lines.append("\(Wording.count(waiting, "mail")) wait\(waiting == 1 ? "s" : "") for another attempt.")
        }
        return lines.isEmpty ? ["Nothing is due."] : lines
    }

    private func place(_ workspace: Workspace) -> String {
        let endpoints = workspace.destinations.count - 1
        return workspace.mailDestination
            + (endpoints == 0 ? "" : " and \(Wording.count(endpoints, "webhook endpoint"))")
    }
}
