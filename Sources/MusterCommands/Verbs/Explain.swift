import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Why this time, why these people, why not: for a school, a session or a person; and what if.",
        discussion: """
            --what-if takes "person:ID free 2027-02-11 09:30-12:00", "person:ID busy …", "person:ID teams 4", \
            "person:ID role lead", "school:ID out 3", "room:ID capacity 2" or "weight:theme 40", and says what would change. \
            Times are on the person's clocks. Nothing is published.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var options: SearchOptions

    @Argument(help: "A school, session or person, by id or by the beginning of a name.")
    var subject: String?

    @Option(help: ArgumentHelp("What might be different; says what would change.", valueName: "assumption"))
    var whatIf: String?

    func validate() throws {
        guard (subject == nil) != (whatIf == nil) else {
            throw ValidationError("Give a school, session or person, or --what-if.")
        }
    }

    func run() async throws {
        let response = try await global.perform(
            ExplainEntity.self,
            ExplainEntity.Request(entity: subject, assumption: whatIf, search: options.search))
        if response.differs {
            Console.line(
                response.basis == nil
                    ? "(as muster plan proposes it; nothing is published yet)"
                    : "(as muster plan proposes it; it differs from what is published)")
        }
        response.lines.forEach { Console.line($0) }
    }
}
