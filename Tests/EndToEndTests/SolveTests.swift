import Foundation
import MusterTestSupport
import Testing

@Suite struct `muster solve` {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func solve(_ problem: String, _ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run(DaemonProcess.program, ["solve", folder.write(problem, to: "problem.json")] + arguments)
    }

    /// Somebody who is free for two of the three tracks that need them, one slot short for the third.
    private let problem = """
        {"format": "muster-problem/1", "horizon": 20, "people": [{"id": "p", "free": [[0, 7]], "avoid": [[0, 2, 3]]}],
         "weights": {"load": 1}, "tracks": [
          {"id": "a", "required": ["p"], "stages": [{"id": "s", "slots": 3}]},
          {"id": "b", "required": ["p"], "stages": [{"id": "s", "slots": 2}]},
          {"id": "c", "required": ["p"], "stages": [{"id": "s", "slots": 3}]}]}
        """

    @Test func `gives the best plan, proved, long before its time is over, with a repair for what is left out`() throws
    {
        let result = try solve(problem, "--seconds", "1000")
        #expect(result.status == 0 && result.errors.isEmpty, "nothing is said where nobody looks")
        let solution = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(solution["score"] as? [String: Int] == ["unscheduled": 1, "cost": 0])
        let left = try #require((solution["unscheduled"] as? [[String: Any]])?.first)
        let repair = try #require((left["repairs"] as? [[String: Any]])?.first)
        let relaxation = try #require((repair["relax"] as? [[String: Any]])?.first)
        #expect(relaxation["kind"] as? String == "free" && relaxation["person"] as? String == "p")
    }

    @Test func `gives the same bytes for the same work`() throws {
        let large = try generated()
        let runs = try (0..<3).map { _ in try solve(large, "--threads", "1", "--work", "40", "--seed", "7").output }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
        #expect(try solve(large, "--threads", "1", "--work", "0").output != runs[0], "work makes plans better")
    }

    @Test func `ends with its best plan when it is interrupted`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let output = folder.path + "/solution.json"
        let problem = try folder.write(try generated(), to: "large.json")
        // What is started here inherits blocked and ignored signals, unlike in a shell.
        let clean = """
            import os, signal, sys
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[1], sys.argv[1:])
            """
        process.arguments = [
            "python3", "-c", clean, DaemonProcess.program, "solve", problem, "--seconds", "300", "-o", output,
        ]
        try process.run()
        while !listens(process.processIdentifier) { usleep(1000) }
        kill(process.processIdentifier, SIGINT)
        let begin = Date()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && Date().timeIntervalSince(begin) < 290, "it did not end by itself")
        #expect(try String(contentsOfFile: output, encoding: .utf8).contains(#""format":"muster-solution/1""#))
    }

    @Test(arguments: [
        (
            #"{"horizon": 5, "tracks": [{"id": "t", "stages": [{"id": "s", "slots": 0}]}]}"#,
            "tracks[0].stages[0].slots: 0 is less than 1"
        ),
        (#"{"horizon": 5, "people": [{"id": 7}]}"#, "people[0].id: a string is expected, not 7"),
        (#"{"horizon": 5, "people": ["#, "people[0]: an object is expected, not the end"),
    ])
    func `says where a problem is wrong, with exit code 65`(text: String, sentence: String) throws {
        let result = try solve(text)
        #expect(result.status == 65)
        #expect(result.errors.contains("problem.json: \(sentence)"))
    }

    /// Whether a process listens for signals: the descriptor from which they are read is there.
    private func listens(_ process: Int32) -> Bool {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
            return target?.contains("signalfd") ?? false
        }
    }

    /// A season that is too large to be proved.
    private func generated() throws -> String {
        let script = "Tests/MusterBenchmarks/Planning/generate.py"
        let path = folder.path + "/generated.json"
        let result = try Subprocess.run("/usr/bin/env", ["python3", script, "partnership", "--seed", "1", "-o", path])
        guard result.status == 0 else { throw Subprocess.Failure(description: result.errors) }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
