import Foundation
import MusterTestSupport
import Testing

@Suite(.serialized) struct `The daemon` {
    /// A running `muster serve`, with a socket on which it tells how it fares.
    private final class Running {
        let process = Process()
        let folder: TemporaryDirectory
        private let socket: FileHandle

        init(_ files: ProgrammeFiles) throws {
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
            var timeout = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
            socket = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appending(path: "muster")
            process.arguments = [
                "serve", "--config", files.config, "--state", files.folder.path + "/state", "--now", ProgrammeFiles.now,
            ]
            process.environment = ProcessInfo.processInfo.environment.merging(["NOTIFY_SOCKET": path]) { $1 }
            try folder.write("", to: "log")
            process.standardError = FileHandle(forWritingAtPath: folder.path + "/log")
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        var log: String { (try? String(contentsOfFile: folder.path + "/log", encoding: .utf8)) ?? "" }

        /// Waits for a notification that begins so; fails after 20 seconds without any.
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

    @Test func `delivers what a command publishes beside it, and ends cleanly`() throws {
        let files = try ProgrammeFiles()
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        let daemon = try Running(files)
        #expect(try daemon.wait(for: "STATUS=").contains("rev 1"))
        let mailbox = files.folder.path + "/state/mail/new"
        let deadline = Date().addingTimeInterval(20)
        while files.folder.names(in: "state/mail/new").count < 8, Date() < deadline { poll(nil, 0, 50) }
        #expect(files.folder.names(in: "state/mail/new").count == 8, "\(mailbox)\n\(daemon.log)")
        #expect(daemon.stop() == 0)
        #expect(daemon.log.contains("stopped"))
        #expect(try muster("status").output.contains("8 delivered"))
    }

    @Test func `keeps the old config when the new one is bad, and takes a good one`() throws {
        let files = try ProgrammeFiles()
        let daemon = try Running(files)
        _ = try daemon.wait(for: "READY=1")
        try files.replace("length: 60 min", with: "length: an hour", in: "programme/cycles/spring.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        #expect(try daemon.wait(for: "RELOADING=1").contains("MONOTONIC_USEC="))
        _ = try daemon.wait(for: "READY=1")
        #expect(
            daemon.log.contains("the config has errors; the old one stays") && daemon.log.contains("spring.yaml:10:13"))
        try files.replace("length: an hour", with: "length: 45 min", in: "programme/cycles/spring.yaml")
        kill(daemon.process.processIdentifier, SIGHUP)
        _ = try daemon.wait(for: "RELOADING=1")
        _ = try daemon.wait(for: "READY=1")
        #expect(daemon.log.contains("config read anew"))
        #expect(daemon.stop() == 0)
    }

    @Test func `refuses a second one on the same state, and a bad config`() throws {
        let files = try ProgrammeFiles()
        let daemon = try Running(files)
        _ = try daemon.wait(for: "READY=1")
        let second = try MusterProgram(files: files)("serve")
        #expect(
            second.status == 75 && second.errors.contains("process \(daemon.process.processIdentifier)"),
            "\(second.errors)")
        #expect(daemon.stop() == 0)
        try files.replace("partnership: tamar", with: "partnership: tamer", in: "programme/cycles/spring.yaml")
        #expect(try MusterProgram(files: files)("serve").status == 78)
    }

    @Test func `loses and doubles nothing when it is killed at random moments`() throws {
        var random = SeededGenerator(seed: 5)
        let files = try ProgrammeFiles()
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        for round in 0..<12 {
            let daemon = try Running(files)
            _ = try daemon.wait(for: "READY=1")
            poll(nil, 0, Int32.random(in: 0..<60, using: &random))
            kill(daemon.process.processIdentifier, SIGKILL)
            daemon.process.waitUntilExit()
            if round.isMultiple(of: 3) {
                let day = ["2027-01-18", "2027-01-19", "2027-01-21", "2027-01-22"][round / 3]
                #expect(try muster("move", "900001/pre-review", "\(day)T14:00").status == 0)
                #expect(try muster("apply").status == 0)
            }
        }
        #expect(try muster("send").status == 0)
        let list = try muster("outbox", "list", "--json").output
        let names = files.folder.names(in: "state/mail/new")
        struct Message: Decodable {
            let state: String
            let messageID: String
        }
        let messages = try JSONDecoder().decode([Message].self, from: Data(list.utf8))
        let delivered = messages.filter { $0.state == "delivered" }.map(\.messageID)
        #expect(Set(delivered) == Set(names), "lost or doubled")
        #expect(messages.allSatisfy { ["delivered", "superseded"].contains($0.state) })
    }

    @Test func `has units that systemd understands and finds well confined`() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        let analyze = "/usr/bin/systemd-analyze"
        try #require(FileManager.default.isExecutableFile(atPath: analyze), "make test installs systemd")
        for unit in ["muster.service", "muster@.service"] {
            let verified = try Subprocess.run(analyze, ["verify", "--man=no", project + "/systemd/" + unit])
            let complaints = (verified.output + verified.errors).split(separator: "\n").filter {
                !$0.contains("is not executable")
            }
            #expect(complaints.isEmpty, "\(complaints)")
            let security = try Subprocess.run(
                analyze, ["security", "--offline=yes", "--threshold=12", project + "/systemd/" + unit])
            #expect(security.status == 0, "\(security.output.suffix(300))\(security.errors)")
        }
    }
}
