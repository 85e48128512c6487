import CivilTime
import Logging
import MusterOperations
import ServiceLifecycle
import Systemd
import UnixSignals

/// On SIGHUP reads the config anew: a good one is put in force, a bad one changes nothing and is said why.
struct ReloadService: Service {
    let context: ServiceContext
    let notifier: Notifier

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            // Ready only now: a SIGHUP that came before would have been lost.
            notifier.ready()
            for await _ in signals { runOnce() }
        }
    }

    /// One reload.
    func runOnce() {
        notifier.reloading()
        defer { notifier.ready() }
        do {
            try context.reload()
        } catch {
            context.logger.error("the config has errors; the old one stays", metadata: ["reason": "\(error)"])
        }
    }
}
