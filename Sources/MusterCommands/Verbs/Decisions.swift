import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Pin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a published session as it is: its time and its people.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session.")
    var session: String

    @Option(help: ArgumentHelp("Why, for muster history.", valueName: "text"))
    var reason = ""

    func run() async throws {
        let id = try await global.perform(PinSession.self, PinSession.Request(session: session, reason: reason)).session
        Console.line("\(id) stays as it is published, whatever changes around it. muster unpin \(id) takes that back.")
    }
}

struct Unpin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back what pin, move or cancel said about a session or a track.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session or the track.")
    var target: String

    @Option(help: ArgumentHelp("Only the decision with that number; muster status shows them.", valueName: "n"))
    var number: Int?

    func run() async throws {
        let response = try await global.perform(
            RevertDecision.self, RevertDecision.Request(target: target, number: number))
        let what = Wording.count(response.count, "decision")
        Console.line("\(what) about \(response.target) taken back. muster plan shows what follows.")
    }
}

struct Move: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a session at a time; the planner fits the rest around it.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session.")
    var session: String

    @Argument(help: "Day and time on the host's clocks: 2027-01-14T14:00.")
    var time: String

    @Option(help: ArgumentHelp("Why, for muster history.", valueName: "text"))
    var reason = ""

    func run() async throws {
        let response = try await global.perform(
            MoveSession.self, MoveSession.Request(session: session, time: time, reason: reason))
        Console.line(
            "\(response.session) is to be at \(time). muster plan shows what follows; muster apply tells people.")
        if let objection = response.objection { Console.line("Mind: \(objection)") }
    }
}

struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a session, or a whole track, out of the plan.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The session or the track.")
    var target: String

    @Option(help: ArgumentHelp("Why, for muster history.", valueName: "text"))
    var reason = ""

    func run() async throws {
        let response = try await global.perform(CancelTarget.self, CancelTarget.Request(target: target, reason: reason))
        let id = response.target
        Console.line("\(id) does not take place. muster plan shows what follows; muster apply tells people.")
        if !response.others.isEmpty {
            Console.line("Mind: its \(Wording.list(response.others)) take place all the same.")
        }
        Console.line("muster unpin \(id) takes it back.")
    }
}
