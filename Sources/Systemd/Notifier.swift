import Foundation

/// Tells systemd how a service fares (sd_notify): a datagram to the socket that `$NOTIFY_SOCKET` names.
///
/// Where the variable is not set nothing is sent, so a program runs the same by hand.
public struct Notifier: Sendable {
    private let path: String?
    private let watchdogMicroseconds: UInt64?

    /// A notifier for the environment of this process.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        path = environment["NOTIFY_SOCKET"]
        let isOurs = environment["WATCHDOG_PID"].map { $0 == String(ProcessInfo.processInfo.processIdentifier) } ?? true
        watchdogMicroseconds = isOurs ? environment["WATCHDOG_USEC"].flatMap { UInt64($0) } : nil
    }

    /// How often the watchdog is told that we live: a quarter of `WatchdogSec=`, so that one word may be late; nil
    /// where it is off.
    public var watchdogInterval: Duration? { watchdogMicroseconds.map { .microseconds($0 / 4) } }

    /// Start-up is done.
    public func ready() { send("READY=1") }

    /// Configuration is being read anew; `ready()` ends it.
    ///
    /// Carries the moment that `Type=notify-reload` asks for.
    public func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    /// The end has begun.
    public func stopping() { send("STOPPING=1") }

    /// One line on how it goes, as `systemctl status` shows it.
    public func status(_ text: String) {
        send("STATUS=" + text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }

    /// The service is alive.
    public func feedWatchdog() { send("WATCHDOG=1") }

    private func send(_ message: String) {
        guard let path else { return }
        UnixDatagram.send(Array(message.utf8), to: path)
    }
}
