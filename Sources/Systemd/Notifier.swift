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

    /// How often the watchdog wants to hear from us: half of `WatchdogSec=`; nil where it is off.
    public var watchdogInterval: Duration? { watchdogMicroseconds.map { .microseconds($0 / 2) } }

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

    /// Sends a datagram; a socket that is gone is no reason to stop.
    func send(_ message: String) {
        guard let path, path.utf8.count < 108, path.hasPrefix("/") || path.hasPrefix("@") else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name that begins with @ lies in the abstract namespace, whose names begin with NUL.
        let bytes = [path.hasPrefix("@") ? 0 : UInt8(ascii: "/")] + Array(path.utf8.dropFirst())
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = message.withCString { sendto(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL), address, length) }
            }
        }
    }
}
