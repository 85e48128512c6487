import CivilTime
import Foundation
import Logging
import MusterConfiguration
import MusterModel
import MusterOperations
import MusterStore
import ServiceLifecycle
import Synchronization
import Systemd

/// Feeds systemd's watchdog as long as the store answers, and keeps the status line fresh.
struct WatchdogService: Service {
    let context: ServiceContext
    let notifier: Notifier
    private let clock = ClockWatch()

    init(context: ServiceContext, notifier: Notifier) {
        self.context = context
        self.notifier = notifier
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                runOnce()
                try? await Task.sleep(for: min(notifier.watchdogInterval ?? .seconds(30), .seconds(30)))
            }
        }
    }

    /// One look at the store.
    func runOnce() {
        do {
            try context.workspace.checkWritable()
            notifier.feedWatchdog()
            try followClock()
            notifier.status(try context.status().line)
        } catch {
            context.logger.error("the store does not answer", metadata: ["reason": "\(error)"])
        }
        writeMetrics()
    }

    /// Where the clock was put back, nothing waits for the time that it showed before.
    private func followClock() throws {
        let now = context.workspace.now()
        guard clock.hasGoneBack(to: now) else { return }
        context.logger.notice("the clock was put back")
        try context.workspace.pullForward(to: now)
        context.deliverySignal.notify()
        context.calendarSignal.notify()
        context.reminderSignal.notify()
    }

    /// For node_exporter, where the config names a file.
    private func writeMetrics() {
        guard let path = context.workspace.configuration.metricsFile else { return }
        do {
            let text = try context.metrics().text
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        } catch {
            context.logger.error("metrics cannot be written", metadata: ["reason": "\(error)"])
        }
    }
}

/// Notices when the clock of the machine was put back.
private final class ClockWatch: Sendable {
    /// Seconds by which clocks are corrected all the time.
    private static let tolerance = 30

    private let last = Mutex(Instant(seconds: 0))

    func hasGoneBack(to now: Instant) -> Bool {
        last.withLock { last in
            defer { last = now }
            return now < last - Self.tolerance
        }
    }
}
