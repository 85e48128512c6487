import Foundation
import MusterOperations
import Synchronization

/// Writing to people and to scripts.
enum Console {
    static let isTerminal = isatty(STDERR_FILENO) == 1

    /// Whether somebody is there to answer a question.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    /// Asks for a yes or a no; everything but a yes is a no.
    static func ask(_ question: String) -> Bool {
        FileHandle.standardOutput.write(Data("\(question) [y/N] ".utf8))
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    static func line(_ text: String = "") { print(text.withoutControls) }

    /// Writes many lines at once.
    static func lines(_ lines: some Sequence<String>) {
        var buffer = ""
        for line in lines {
            buffer += line.withoutControls
            buffer += "\n"
            guard buffer.utf8.count > 1 << 16 else { continue }
            FileHandle.standardOutput.write(Data(buffer.utf8))
            buffer.removeAll(keepingCapacity: true)
        }
        FileHandle.standardOutput.write(Data(buffer.utf8))
    }

    /// The text as a JSON string.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 < 0x7F }
        guard !isPlain, let data = try? JSONEncoder().encode(text) else { return "\"\(text)\"" }
        return String(decoding: data, as: UTF8.self)
    }

    static func error(_ text: String) { FileHandle.standardError.write(Data((text.withoutControls + "\n").utf8)) }

    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Shows how the search goes on, on a terminal only, in one line that is wiped at the end.
    static func planningProgress() -> PlanningProgress.Handler {
        guard isTerminal else { return { _ in } }
        let clock = ContinuousClock()
        let begin = clock.now
        return { state in
            let seconds = String(format: "%.1f", (clock.now - begin) / .seconds(1))
            let text =
                "planning: \(seconds) s, \(state.rounds) rounds, unscheduled \(state.unscheduled), cost \(state.cost)"
            FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
        }
    }

    static func endProgress() {
        if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }

    /// Writes a file, or says why not.
    static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

    /// Writes a file, whole or not at all.
    static func write(_ content: Data, to path: String) throws {
        do {
            try content.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ExitFailure("\(path) cannot be written: \((error as NSError).localizedDescription)", code: 73)
        }
    }
}

extension String {
    /// The text with everything replaced that a terminal takes for an order, or that turns the direction of writing: what
    /// servers and calendars say may be made to mislead.
    var withoutControls: String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x0A, 0x09: false
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
    }
}

/// Ends the program with a sentence and an exit code of sysexits.
struct ExitFailure: Error, CustomStringConvertible {
    let description: String
    let code: Int32

    init(_ description: String, code: Int32) {
        self.description = description
        self.code = code
    }
}
