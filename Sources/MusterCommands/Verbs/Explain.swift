import ArgumentParser
import MusterDaemon
import MusterModel

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Why this time, why these people, why not: for a school, a session or a person.")

    @OptionGroup var place: PlaceOptions
    @OptionGroup var search: SearchOptions

    @Argument(help: "A school, session or person, by id or by the beginning of a name.")
    var subject: String

    func run() async throws {
        let workspace = try place.workspace()
        let subject = try workspace.find(subject)
        let proposal = try await workspace.propose(search.options())
        Console.endProgress()
        if !proposal.changes.isEmpty {
            Console.line(
                proposal.basis == nil
                    ? "(as muster plan proposes it; nothing is published yet)"
                    : "(as muster plan proposes it; it differs from what is published)")
        }
        workspace.explain(subject, proposal).forEach { Console.line($0) }
    }
}
