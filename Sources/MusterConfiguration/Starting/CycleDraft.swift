import CivilTime
import Foundation
import MusterModel

/// The file of the next cycle, made of an earlier one: its stages, rules and comments stay, its dates are to be filled
/// in, and the schools that have waited longest host.
public struct CycleDraft: Sendable {
    /// Why there can be none, as a sentence.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// The text of the file.
    public let text: String
    /// The schools that host, in the order in which they waited.
    public let hosts: [School]

    /// A draft.
    ///
    /// - Parameters:
    ///   - id: what the new cycle is called.
    ///   - earlier: the cycle that it follows.
    ///   - config: the config folder in which that stands.
    ///   - pasts: what schools gave and received; of those that are missing what the config says of their hosting.
    /// - Throws: `Failure` where the config has no such cycle, or the new one already.
    public init(
        _ id: CycleID, after earlier: CycleID, config: String, pasts: [SchoolID: SchoolPast] = [:]
    ) throws(Failure) {
        let programme = ProgrammeLoader(directory: config).load().programme
        guard programme.cycles.allSatisfy({ $0.id != id }) else {
            throw Failure(description: "There is a cycle \"\(id)\" already; give the new one another name.")
        }
        guard let cycle = programme.cycles.first(where: { $0.id == earlier }),
            let source = Self.source(of: earlier, in: config)
        else {
            let hint = Suggestion.phrase(for: earlier.rawValue, among: programme.cycles.map(\.id))
            throw Failure(description: "There is no cycle \"\(earlier)\" in \(config)\(hint)")
        }
        self.init(id, after: cycle, source: source, of: programme, pasts)
    }

    private static func source(of cycle: CycleID, in config: String) -> String? {
        let folder = config + "/programme/cycles/"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let collector = DiagnosticCollector()
        return names.sorted().lazy.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            .compactMap { SourceFile(path: folder + $0, collector) }
            .first { ConfigNode.load($0, collector)?.mapping(CycleReader.keys)?["cycle"]?.scalar == cycle.rawValue }?
            .text
    }

    private init(
        _ id: CycleID, after earlier: Cycle, source: String, of programme: Programme, _ pasts: [SchoolID: SchoolPast]
    ) {
        let schools = Self.byWaiting(for: earlier.partnership, of: programme, pasts)
        let hosts = schools.prefix(max(1, earlier.hosts.count)).compactMap { programme.school($0.id) }
        self.hosts = hosts
        let lines = schools.enumerated().map { index, entry in
            let name = programme.name(of: entry.id)
            let theme = entry.past.wish.map { ", theme: \(Self.quoted($0))" } ?? ""
            return (index < hosts.count ? "  - " : "  # - ")
                + "{ school: \(entry.id)\(theme) }  # \(name); \(entry.past.comment)"
        }
        var file = TopLevelLines(source)
        file.set("cycle", to: ["cycle: \(id)"])
        file.set("name", to: ["name: # what people read, as \(earlier.name)"])
        file.set(
            "dates",
            to: ["dates: # the first and the last day, as \(earlier.dates.lowerBound) to \(earlier.dates.upperBound)"])
        file.set("hosts", to: ["hosts:"] + lines)
        file.edit("training") { line in
            guard let range = line.firstRange(of: /dates: *(\[[^\]]*\]|[0-9]{4}-[0-9]{2}-[0-9]{2}( to [0-9-]+)?)/)
            else {
                return line
            }
            return line.replacingCharacters(in: range)
        }
        text = file.text
    }

    /// A word as it stands; anything that YAML could take for something else in quotes.
    private static func quoted(_ text: String) -> String {
        guard text.wholeMatch(of: /[a-z][a-z0-9-]*/) == nil else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// The schools of a partnership, those first that have waited longest.
    private static func byWaiting(
        for partnership: PartnershipID, of programme: Programme, _ pasts: [SchoolID: SchoolPast]
    ) -> [(id: SchoolID, past: SchoolPast)] {
        let schools = programme.partnership(partnership)?.schools ?? []
        let entries = schools.map { school in
            let last = programme.tracks(hosting: school).map(\.cycle.dates.upperBound).max()
            return (id: school, past: pasts[school] ?? SchoolPast(hostedUntil: last))
        }
        return entries.enumerated().sorted { left, right in
            if left.element.past.waits(longerThan: right.element.past) { return true }
            return !right.element.past.waits(longerThan: left.element.past) && left.offset < right.offset
        }.map(\.element)
    }
}

extension String {
    /// Without the dates that a range names; what follows them stays.
    fileprivate func replacingCharacters(in range: Range<String.Index>) -> String {
        self[..<range.lowerBound] + "dates:" + self[range.upperBound...]
    }
}

/// The lines of a YAML file by the key of the top level to which they belong; comments before a key go with it.
private struct TopLevelLines {
    private var parts: [(key: String?, comments: [String], lines: [String])] = []

    init(_ source: String) {
        var lines: [String] = []
        var key: String?
        var comments: [String] = []
        func isComment(_ line: String) -> Bool { line.trimmingSpaces.isEmpty || line.hasPrefix("#") }
        for line in source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let name = line.prefixMatch(of: /([a-z-]+):/)?.output.1 {
                let rest = lines.reversed().prefix(while: isComment).reversed()
                parts.append((key, comments, lines.dropLast(rest.count)))
                (key, comments, lines) = (String(name), Array(rest), [])
            }
            lines.append(line)
        }
        parts.append((key, comments, lines))
    }

    var text: String { parts.flatMap { $0.comments + $0.lines }.joined(separator: "\n") }

    /// Puts lines in the place of those of a key; adds them where it is not there.
    mutating func set(_ key: String, to lines: [String]) {
        if let index = parts.firstIndex(where: { $0.key == key }) {
            parts[index].lines = lines
        } else {
            parts.append((key, [""], lines))
        }
    }

    mutating func edit(_ key: String, _ change: (String) -> String) {
        for index in parts.indices where parts[index].key == key { parts[index].lines = parts[index].lines.map(change) }
    }
}
