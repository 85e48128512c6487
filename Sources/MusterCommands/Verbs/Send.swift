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

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Write what was done as JSON.")
    var json = false

    func run() async throws {
        let response = try await global.perform(SendDueMessages.self, Nothing())
        let (report, waiting) = (response.report, response.waiting)
        if json {
            let counts = [
                "delivered": report.delivered, "deferred": report.deferredCount, "dead": report.deadCount,
                "expired": report.expired, "waiting": waiting,
            ]
            try Console.json(counts)
        } else {
            lines(response).forEach { Console.line($0) }
        }
        if report.deadCount > 0 { throw ExitCode(1) }
        if report.stopped != nil || report.deferredCount > 0 { throw ExitCode(75) }
    }

    private func lines(_ response: SendDueMessages.Response) -> [String] {
        let (report, waiting) = (response.report, response.waiting)
        var lines: [String] = []
        if report.delivered > 0 {
            let noun = response.endpoints > 0 ? "message" : "mail"
            lines.append("\(Wording.count(report.delivered, noun)) delivered to \(place(response)).")
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

    private func place(_ response: SendDueMessages.Response) -> String {
        response.mailDestination
            + (response.endpoints == 0 ? "" : " and \(Wording.count(response.endpoints, "webhook endpoint"))")
    }
}
