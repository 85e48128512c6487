import CivilTime
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore

extension ServiceContext {
    /// How the programme is doing, with what the last rounds of the services have found.
    func status() throws -> StatusReport {
        try StatusReport(workspace, nextReminder: nextReminder, trouble: nil)
    }

    /// The same for Prometheus.
    func metrics() throws -> Metrics {
        let servesFeeds = workspace.configuration.feeds.listen != nil
        return Metrics(try status(), planningSeconds: planningSeconds, feedAnswers: servesFeeds ? feedAnswers : nil)
    }
}

extension StatusReport {
    /// In one line for `systemctl status`.
    var line: String {
        var parts = failures + ["rev \(published?.revision ?? 0)"]
        if let published { parts.append(published.summary) }
        parts.append("outbox \((outbox[.due] ?? 0) + (outbox[.claimed] ?? 0))")
        parts.append("\(calendars.fresh)/\(calendars.total) calendars fresh")
        if let nextReminder { parts.append("next reminder \(Wording.moment(nextReminder, in: .utc)) UTC") }
        return parts.joined(separator: " · ")
    }

    /// What somebody should look at, the worst first.
    private var failures: [String] {
        let failing = destinations.filter { $0.failingSince != nil || $0.givenUp != nil }.map { destination in
            let since = destination.failingSince.map { " for \(Wording.age(at - $0))" } ?? ""
            return "\(destination.name) \(destination.givenUp == nil ? "failing\(since)" : "given up")"
        }
        let lost = dead.isEmpty ? [] : ["mails were given up (muster status)"]
        return failing + lost + [deadEnd].compactMap(\.self)
    }
}
