import Foundation
import MusterTestSupport

/// A running `muster serve`, with a socket on which it tells how it fares.
final class DaemonProcess {
    let process = Process()
    let folder: TemporaryDirectory
    private let socket: FileHandle

    /// The program that was built with the tests.
    static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "muster"
    ).path

    init(_ files: ProgrammeFiles, now: String = ProgrammeFiles.now) throws {
        folder = try TemporaryDirectory()
        let path = folder.path + "/notify"
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        var timeout = timeval(tv_sec: Int(Patience.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        socket = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = [
            "serve", "--config", files.config, "--state", files.folder.path + "/state", "--now", now,
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(["NOTIFY_SOCKET": path]) { $1 }
        try folder.write("", to: "log")
        process.standardError = FileHandle(forWritingAtPath: folder.path + "/log")
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var log: String { (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? "" }

    /// Waits for a notification that begins so; fails where none comes for too long.
    func wait(for beginning: String) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket.fileDescriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Subprocess.Failure(description: "no \(beginning) came\n" + log) }
            let text = String(decoding: buffer.prefix(count), as: UTF8.self)
            if text.hasPrefix(beginning) { return text }
        }
    }

    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
