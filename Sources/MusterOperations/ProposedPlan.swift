import CivilTime
import ConcurrentMap
import Crypto
import Foundation
import MusterModel
import MusterStore
import TextEncodings

/// A plan that somebody has looked at and may publish as it is: what `muster plan --out` writes.
public struct ProposedPlan: Codable, Sendable {
    /// What a plan was worked out on; where that is not so any more, it is another plan.
    struct Basis: Codable, Sendable {
        /// The published revision; nil for none.
        var revision: Int?
        /// What coordinators decided.
        var decisions: [Decision]
        /// The SHA-256 of each file of the config, by its path there.
        var files: [String: String]
        /// The SHA-256 of what each calendar says, by its label; empty for one that was never read.
        var calendars: [String: String]
        /// The SHA-256 of what is said of every session: a file that changed while the plan was made shows here.
        var sessions: String
    }

    private static let format = "muster-plan/1"

    /// `muster-plan/1`.
    private var format = Self.format
    /// When it was made.
    public private(set) var at: Instant
    let basis: Basis
    /// The plan.
    public let plan: Plan

    init(_ proposal: Proposal, _ workspace: Workspace) throws {
        at = workspace.now()
        basis = try Basis(proposal, workspace)
        plan = proposal.plan
    }

    /// What is written into a file.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Reads a file that `muster plan --out` has written.
    ///
    /// - Throws: `Workspace.Failure` where it is something else.
    public init(file: String) throws {
        do {
            self = try JSONDecoder().decode(ProposedPlan.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw Workspace.Failure(
                "\(file) is no plan that can be read: write one with muster plan --out \(file).", exitCode: 65)
        }
        guard format == Self.format else {
            throw Workspace.Failure(
                "\(file) has the format \(format), this muster reads \(Self.format); make the plan again.",
                exitCode: 65)
        }
    }
}

extension ProposedPlan.Basis {
    /// Files by which coordinators and operators say what they want; calendars are known by what they say.
    private static let configExtensions: Set<String> = ["yaml", "yml", "csv", "json", "mustache", "txt"]

    init(_ proposal: Proposal, _ workspace: Workspace) throws {
        revision = proposal.basis?.number
        decisions = proposal.decisions
        sessions = try Self.digest(of: proposal.details)
        let folder = URL(fileURLWithPath: workspace.configDirectory)
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let kept = names.filter { Self.configExtensions.contains(($0 as NSString).pathExtension) }
        files = kept.digests { name in
            (try? Data(contentsOf: folder.appending(path: name))).map { (name, Self.digest([$0])) }
        }
        // Of several calendars with one label a change in any is one of them all.
        let copies = proposal.copies
        calendars = Array(Dictionary(grouping: workspace.programme.calendars, by: \.label)).digests { label, sources in
            let texts = sources.map { Self.text(of: $0, copies[$0]) }
            return (label, Self.digest(texts.sorted { $0.lexicographicallyPrecedes($1) }, separator: "\n"))
        }
    }

    /// Of the text that an encoder writes of all of them at once, since the digests of earlier versions still count.
    static func digest(of details: [SessionDetails]) throws -> String {
        let texts = try details.concurrentMap { details in
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try encoder.encode(details)
        }
        return digest(texts, between: "[", and: "]", separator: ",")
    }

    /// What a calendar says; empty for one that was never read.
    static func text(of source: CalendarSource, _ copy: CalendarCopy?) -> [UInt8] {
        guard let copy, copy.succeeded != nil else { return [] }
        // There are millions of these numbers in a large season, for which strings take too long.
        let most = " -9223372036854775808".utf8.count * 2 + " false".utf8.count
        let lines = [UInt8](unsafeUninitializedCapacity: max(1, copy.busy.count * most)) { buffer, count in
            func write(_ text: StaticString) {
                text.withUTF8Buffer { for byte in $0 { buffer.initializeElement(at: count, to: byte); count += 1 } }
            }
            func write(_ number: Int) {
                if number < 0 { write("-") }
                let first = count
                var rest = number.magnitude
                repeat {
                    buffer.initializeElement(at: count, to: UInt8(ascii: "0") + UInt8(rest % 10))
                    count += 1
                    rest /= 10
                } while rest > 0
                buffer[first..<count].reverse()
            }
            for interval in copy.busy {
                write("\n")
                write(interval.start.seconds)
                write(" ")
                write(interval.end.seconds)
                write(interval.isTentative ? " true" : " false")
            }
            if copy.busy.isEmpty { write("\n") }
        }
        return Array(source.location.utf8) + lines
    }

    /// The SHA-256 of texts one after the other, with something between and around them.
    private static func digest(
        _ texts: [some DataProtocol], between first: String = "", and last: String = "", separator: String = ""
    ) -> String {
        var hash = SHA256()
        hash.update(data: Array(first.utf8))
        for (number, text) in texts.enumerated() {
            if number > 0 { hash.update(data: Array(separator.utf8)) }
            hash.update(data: text)
        }
        hash.update(data: Array(last.utf8))
        return hash.finalize().hexadecimal
    }

    /// What is not as it was, each as a sentence.
    func differences(to now: ProposedPlan.Basis) -> [String] {
        var sentences: [String] = []
        if revision != now.revision { sentences.append("revision \(now.revision ?? 0) was published since.") }
        if decisions != now.decisions { sentences.append("something was decided since; muster history tells what.") }
        let files = Self.changed(files, now.files)
        if !files.isEmpty { sentences.append("the config is another: \(Self.list(files)).") }
        if files.isEmpty, sessions != now.sessions {
            sentences.append("the config changed while the plan was made: mails would say something else.")
        }
        let calendars = Self.changed(calendars, now.calendars)
        if !calendars.isEmpty { sentences.append("calendars say something else: \(Self.list(calendars)).") }
        return sentences
    }

    private static func changed(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    }

    private static func list(_ names: [String]) -> String {
        Wording.list(Array(names.prefix(5)) + (names.count > 5 ? ["\(names.count - 5) more"] : []))
    }
}

extension Array where Element: Sendable {
    /// What is worked out of each on all processors, by its name; nil leaves one out.
    fileprivate func digests(_ digest: @Sendable (Element) -> (String, String)?) -> [String: String] {
        concurrentMap(digest).reduce(into: [:]) { digests, entry in
            if let (name, digest) = entry { digests[name] = digest }
        }
    }
}

extension Workspace {
    /// A plan that somebody has looked at, to be published as it is.
    ///
    /// - Throws: `Failure` with what differs, where config, calendars or state have moved on since it was made.
    func propose(_ proposed: ProposedPlan) async throws -> Proposal {
        let copies = try await refreshCalendars().copies
        let revision = try store.latestRevision()
        let decisions = try store.decisions()
        let proposal = try proposal(
            proposed.plan, basis: revision, ledger: try store.ledger(at: now()), copies: copies, decisions: decisions,
            kept: decisions, search: nil)
        let basis = try ProposedPlan.Basis(proposal, self)
        var differences = proposed.basis.differences(to: basis)
        let now = now()
        let begun = proposed.plan.tracks.flatMap(\.sessions).contains { $0.start > proposed.at && $0.start <= now }
        if begun { differences.append("a session of it would have begun by now.") }
        guard differences.isEmpty else {
            throw Failure(
                "The plan is of \(Wording.age(now - proposed.at)) ago, and is not what it was:\n"
                    + differences.map { "  - \($0)" }.joined(separator: "\n")
                    + "\nNothing was published. Make it again with muster plan, and look at the new difference.",
                exitCode: 65)
        }
        return proposal
    }
}
