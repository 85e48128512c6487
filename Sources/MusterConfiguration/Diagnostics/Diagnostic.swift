import Synchronization

/// Something about the config that its writer should know: where, how bad, and what to do.
public struct Diagnostic: Hashable, Sendable, Codable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, Codable {
        /// Nothing can be planned before it is mended.
        case error
        /// It can be lived with.
        case warning
    }

    /// Where something stands in a file; line and column count from 1.
    public struct Location: Hashable, Sendable, Codable {
        /// The path as it was given.
        public var file: String
        /// The line; nil for the whole file.
        public var line: Int?
        /// The column; nil for the whole line.
        public var column: Int?

        /// A place in a file.
        public init(file: String, line: Int? = nil, column: Int? = nil) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    /// How bad it is.
    public var severity: Severity
    /// Where.
    public var location: Location
    /// A sentence, with what to do.
    public var message: String

    /// Something about the config.
    public init(_ severity: Severity, at location: Location, _ message: String) {
        self.severity = severity
        self.location = location
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `config/programme/cycles/spring.yaml:14:11: error: …`.
    public var description: String { "\(location): \(severity.rawValue): \(message)" }
}

extension Diagnostic.Location: CustomStringConvertible {
    /// `config/programme/people.csv:9:3`.
    public var description: String {
        ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
    }
}

extension [Diagnostic] {
    /// Errors before warnings; what is said of several places in one file stands once, with the others' lines behind it.
    public var forReading: [Diagnostic] {
        var places: [Diagnostic: [Int]] = [:]
        var order: [Diagnostic] = []
        for diagnostic in self {
            var cause = diagnostic
            cause.location = Diagnostic.Location(file: diagnostic.location.file)
            if places[cause] == nil { order.append(diagnostic) }
            places[cause, default: []] += [diagnostic.location.line].compactMap(\.self)
        }
        let merged = order.map { first -> Diagnostic in
            var cause = first
            cause.location = Diagnostic.Location(file: first.location.file)
            let others = Set(places[cause] ?? []).subtracting([first.location.line ?? 0]).sorted()
            var merged = first
            if !others.isEmpty {
                let lines = others.prefix(5).map(String.init).joined(separator: ", ")
                merged.message +=
                    " (also in line\(others.count == 1 ? "" : "s") \(lines)\(others.count > 5 ? ", …" : ""))"
            }
            return merged
        }
        return merged.filter { $0.severity == .error } + merged.filter { $0.severity == .warning }
    }
}

/// Gathers diagnostics, so that one run finds every mistake, and each of them once.
///
/// Rows are read on several threads: only what is said of one row has an order.
final class DiagnosticCollector: Sendable {
    /// What other parts of the config name by an id.
    enum Part: String {
        case schools = "schools.csv"
        case people = "people.csv"
        case partnerships, terms
    }

    private struct State {
        var diagnostics: [Diagnostic] = []
        /// Names of files, and of the folders in which they lie.
        var incomplete: Set<String> = []
        /// What is said once of a file, at the first line at which it was met.
        var once: [String: Diagnostic] = [:]
    }

    private let state = Mutex(State())

    var diagnostics: [Diagnostic] {
        state.withLock { $0.diagnostics + $0.once.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Something in a file could not be read, so that nobody can say what does not stand there.
    func leftOut(_ file: String) {
        state.withLock { $0.incomplete.formUnion(file.split(separator: "/").suffix(2).map(String.init)) }
    }

    /// Reports an error.
    ///
    /// - Parameter parts: where it is no mistake but follows from another where something in them could not be read;
    ///   they have been read by now.
    func error(_ location: Diagnostic.Location, _ message: String, restingOn parts: Part...) {
        report(.error, location: location, message: message, parts: parts)
    }

    /// Reports a warning; otherwise like an error.
    func warning(_ location: Diagnostic.Location, _ message: String, restingOn parts: Part...) {
        report(.warning, location: location, message: message, parts: parts)
    }

    /// Reports a warning about a kind of thing, the first time that it is met in a file.
    func warningOnce(about kind: String, at location: Diagnostic.Location, _ message: String) {
        state.withLock { state in
            let key = "\(location.file) \(kind)"
            if let known = state.once[key]?.location.line, known <= location.line ?? 0 { return }
            state.once[key] = Diagnostic(.warning, at: location, message)
        }
    }

    private func report(
        _ severity: Diagnostic.Severity, location: Diagnostic.Location, message: String, parts: [Part]
    ) {
        state.withLock { state in
            guard !parts.contains(where: { state.incomplete.contains($0.rawValue) }) else { return }
            state.diagnostics.append(Diagnostic(severity, at: location, message))
        }
    }
}
