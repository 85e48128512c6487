import ArgumentParser
import CivilTime
import Foundation
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

/// Which programme is meant: the options of every verb that reads its config.
struct ConfigOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "One of several programmes of this machine: stands for --config /etc/muster/NAME and its state.",
            valueName: "name"))
    var programme: String?

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The config folder; left out: /etc/muster.", valueName: "dir"))
    var configFolder: String?

    /// The config folder.
    var folder: String { configFolder ?? programme.map { "/etc/muster/" + $0 } ?? "/etc/muster" }

    func validate() throws {
        guard let programme else { return }
        guard configFolder == nil else { throw ValidationError("Give --programme or --config, not both.") }
        guard !programme.isEmpty, !programme.contains("/"), programme.first != "." else {
            throw ValidationError("--programme \(programme) should be a name below /etc/muster.")
        }
    }
}

/// Which programme is meant, and what time it is: the options of every verb that needs its state.
struct GlobalOptions: ParsableArguments {
    @OptionGroup var programme: ConfigOptions

    @Option(help: ArgumentHelp("The state directory; left out: as the unit or the config says.", valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("Take this for the present time, to try things out.", valueName: "ISO-8601"))
    var now: String?

    /// The config folder.
    var config: String { programme.folder }

    /// Has an operation done: by the daemon of the state, which has its secrets, where one runs, else here.
    func perform<Work: MusterOperations.Operation>(_ operation: Work.Type, _ request: Work.Request) async throws
        -> Work.Response
    {
        defer { Console.endProgress() }
        let show = Console.planningProgress()
        let directory = try Workspace.stateDirectory(config: config, state: state)
        guard let daemon = try await DaemonConnection.find(stateDirectory: directory) else {
            return try await Work.run(request, in: try workspace(), progress: show)
        }
        let envelope = DaemonConnection.Envelope(
            version: Daemon.version, config: URL(fileURLWithPath: config).path, actor: Self.actor, now: try fixedTime(),
            request: try JSONEncoder().encode(request))
        return try await daemon.perform(operation, envelope, progress: show) { Console.error($0) }
    }

    /// - Parameter store: the database where it is open already.
    func workspace(store: Store? = nil) throws -> Workspace {
        try Workspace(config: config, state: state, now: try clock(), store: store).acting(as: Self.actor)
    }

    /// Who gives the command, also where they became root for it.
    private static var actor: String { ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName() }

    /// The time: the given one, or the machine's.
    func clock() throws -> @Sendable () -> Instant {
        if let fixed = try fixedTime() { return { fixed } }
        return { Instant(seconds: Int(Date().timeIntervalSince1970)) }
    }

    private func fixedTime() throws -> Instant? {
        guard let now else { return nil }
        guard let fixed = Instant(iso: now) else {
            throw ValidationError("--now \(now) should be a time such as 2027-01-11T09:00:00Z.")
        }
        return fixed
    }
}

/// How to search for a plan.
struct SearchOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Seconds to search at most.", valueName: "n"))
    var seconds: Int?

    @Option(help: ArgumentHelp("The seed of random choices: the same seed gives the same plan.", valueName: "n"))
    var seed: Int?

    @Flag(help: "Let published sessions move where that is better, though nothing forces it.")
    var improve = false

    var search: PlanSeason.Search {
        PlanSeason.Search(seconds: seconds, seed: seed, improvesPublished: improve)
    }
}
