import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Pin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a published session as it is: its time and its people.")

    @OptionGroup var place: GlobalOptions

    @Argument(help: "The session.")
    var session: String

    func run() throws {
        try place.change { workspace in
            let id = try workspace.findSession(session)
            try workspace.pin(id)
            Console.line(
                "\(id) stays as it is published, whatever changes around it. muster unpin \(id) takes that back.")
        }
    }
}

struct Unpin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back what pin, move or cancel said about a session or a track.")

    @OptionGroup var place: GlobalOptions

    @Argument(help: "The session or the track.")
    var subject: String

    func run() throws {
        try place.change { workspace in
            let id = try workspace.find(subject).id
            guard try workspace.store.removeDecision(id) else {
                throw Workspace.Failure("Nothing was decided about \(id); muster status lists what was.", exitCode: 65)
            }
            Console.line("The planner decides about \(id) again. muster plan shows what follows.")
        }
    }
}

struct Move: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a session at a time; the planner fits the rest around it.")

    @OptionGroup var place: GlobalOptions

    @Argument(help: "The session.")
    var session: String

    @Argument(help: "Day and time on the host's clocks: 2027-01-14T14:00.")
    var time: String

    func run() throws {
        try place.change { workspace in
            let id = try workspace.findSession(session)
            let objection = try workspace.move(id, to: time)
            Console.line("\(id) is to be at \(time). muster plan shows what follows; muster apply tells people.")
            if let objection { Console.line("Mind: \(objection)") }
        }
    }
}

struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a session, or a whole track, out of the plan.")

    @OptionGroup var place: GlobalOptions

    @Argument(help: "The session or the track.")
    var subject: String

    func run() throws {
        try place.change { workspace in
            switch try workspace.find(subject) {
            case .session(let id), .track(let id):
                let others = try workspace.cancel(id)
                Console.line("\(id) does not take place. muster plan shows what follows; muster apply tells people.")
                if !others.isEmpty { Console.line("Mind: its \(Wording.list(others)) take place all the same.") }
                Console.line("muster unpin \(id) takes it back.")
            case .school(let id), .person(let id):
                throw Workspace.Failure(
                    "\(id) is no session or track; write for example cycle/\(id) for a school's whole run.",
                    exitCode: 64)
            }
        }
    }
}

extension Workspace {
    /// The session that is meant; a word that means something else is refused.
    fileprivate func findSession(_ word: String) throws -> SessionID {
        guard case .session(let id) = try find(word) else {
            throw Failure(
                "\"\(word)\" is no session; sessions are written cycle/school/stage, or school/stage.", exitCode: 64)
        }
        return id
    }
}
