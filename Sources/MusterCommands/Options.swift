import ArgumentParser
import CivilTime
import Foundation
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

/// Where config and state are, and what time it is: the options of every verb that needs them.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The config folder.", valueName: "dir"))
    var config = "/etc/muster"

    @Option(help: ArgumentHelp("The state directory; left out: as the unit or the config says.", valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("Take this for the present time, to try things out.", valueName: "ISO-8601"))
    var now: String?

    /// - Parameter store: the database where it is open already.
    func workspace(store: Store? = nil) throws -> Workspace {
        try Workspace(config: config, state: state, now: try clock(), store: store)
    }

    /// Does something as the only program that changes the state.
    func change(_ body: (Workspace) throws -> Void) throws {
        let workspace = try workspace()
        let lock = try workspace.lock()
        defer { withExtendedLifetime(lock) {} }
        try body(workspace)
    }

    /// The time: the given one, or the machine's.
    func clock() throws -> @Sendable () -> Instant {
        guard let now else { return { Instant(seconds: Int(Date().timeIntervalSince1970)) } }
        guard let fixed = Instant(iso: now) else {
            throw ValidationError("--now \(now) should be a time such as 2027-01-11T09:00:00Z.")
        }
        return { fixed }
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

    func options() -> Workspace.PlanningOptions {
        var options = Workspace.PlanningOptions()
        options.seconds = seconds
        options.seed = seed
        options.improvesPublished = improve
        options.progress = Console.planningProgress()
        return options
    }
}
