import CivilTime
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore

extension ServiceContext {
    /// How the programme is doing, with what the last rounds of the services have found.
    func status() throws -> StatusReport {
        var report = try StatusReport(workspace, nextReminder: nextReminder, trouble: nil)
        report.hasConfigErrors = hasConfigErrors
        return report
    }

    /// The same for Prometheus.
    func metrics() throws -> Metrics {
        let servesFeeds = workspace.configuration.feeds.listen != nil
        return Metrics(
            try status(), programme: workspace.name, planningSeconds: planningSeconds, loaded: loaded,
            feedAnswers: servesFeeds ? feedAnswers : nil)
    }
}
