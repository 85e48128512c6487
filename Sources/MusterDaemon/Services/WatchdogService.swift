import CivilTime
import Foundation
import Logging
import MusterModel
import MusterProgramme
import MusterStore
import ServiceLifecycle
import Systemd

/// Feeds systemd's watchdog as long as the store answers, and keeps the status line fresh.
struct WatchdogService: Service {
    let house: House
    let notifier: Notifier

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                runOnce()
                try? await Task.sleep(for: notifier.watchdogInterval ?? .seconds(60))
            }
        }
    }

    /// One look at the store.
    func runOnce() {
        do {
            try house.workspace.store.checkWritable()
            notifier.status(try StatusLine(house.workspace).text)
            notifier.feedWatchdog()
        } catch {
            house.logger.error("the store does not answer", metadata: ["reason": "\(error)"])
        }
        writeMetrics()
    }

    /// For node_exporter, where the config names a file.
    private func writeMetrics() {
        guard let path = house.workspace.configuration.metricsFile else { return }
        do {
            let text = try Metrics(house.workspace, planningSeconds: house.planningSeconds).text
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            house.logger.error("metrics cannot be written", metadata: ["reason": "\(error)"])
        }
    }
}

/// How it goes, in one line for `systemctl status`.
struct StatusLine {
    let text: String

    init(_ workspace: Workspace) throws {
        let revision = try workspace.store.latestRevision()
        let outbox = try workspace.store.outboxCounts()
        let copies = try workspace.store.calendarCopies()
        let calendars = workspace.programme.calendars
        let fresh = calendars.count { copies[$0]?.freshness == .fresh }
        var parts = ["rev \(revision?.number ?? 0)"]
        if let plan = revision?.plan { parts.append(plan.summary(of: workspace.programme)) }
        parts.append("outbox \((outbox[.due] ?? 0) + (outbox[.claimed] ?? 0))")
        parts.append("\(fresh)/\(calendars.count) calendars fresh")
        if let next = try workspace.nextReminder() {
            parts.append("next reminder \(Wording.moment(next, in: .utc)) UTC")
        }
        text = parts.joined(separator: " · ")
    }
}
