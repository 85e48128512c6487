import ArgumentParser
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Proposals: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The changes to the plan that wait for your yes.",
        discussion:
            "The daemon proposes one where somebody declines, a calendar clashes or a school closes; \"policy\" in a cycle says what it may do without asking.",
        subcommands: [List.self, Show.self, Approve.self, Ask.self, Reject.self, Reconsider.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the proposals, the newest first.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Those of the past too.")
        var all = false

        @Flag(help: "Write JSON.")
        var json = false

        func run() async throws {
            let changes = try await global.perform(ListProposals.self, Nothing()).filter {
                all || $0.state == .open || $0.state == .rejected
            }
            if json { return try Console.json(changes) }
            for change in changes {
                let by = change.author.isEmpty ? "" : " by \(change.author)"
                let why = change.reason.isEmpty ? "" : ": \(change.reason)"
                Console.line(
                    "\("\(change.number)".padded(6))\(change.state.rawValue.padded(10))\(change.title), \(change.at.inWords)\(by)\(why)"
                )
            }
            if changes.isEmpty { return Console.line("No proposal waits.") }
            if let open = changes.first(where: { $0.state == .open })?.number {
                Console.line("muster proposals show \(open) tells what and why.")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a proposal: why, what would change, who would be mailed, and what else could be done.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number; left out: the one that waits.")
        var number: Int?

        @Flag(help: "Write JSON.")
        var json = false

        func run() async throws {
            let shown = try await global.perform(ShowProposal.self, ShowProposal.Request(number: number))
            if json { return try Console.json(shown) }
            ProposalText(shown).lines.forEach { Console.line($0) }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Publish a proposal as it was shown.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        func run() async throws {
            let result = try await global.perform(ApproveProposal.self, ApproveProposal.Request(number: number))
            Console.line(
                "Published as revision \(result.revision); \(Wording.count(result.mails, "mail")) in the outbox.")
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask those who would step in whether they could, before anybody is invited.",
            discussion:
                "Each gets a mail with a page to say yes or no. Who says no is not asked again in that run, and the next proposal has somebody else."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The number of the proposal.")
        var number: Int

        func run() async throws {
            let request = ApproveProposal.Request(number: number)
            let asked = try await global.perform(AskStandIns.self, request).asked
            Console.line(asked.isEmpty ? "Nobody is left to be asked." : "Asked: \(Wording.list(asked)).")
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Leave everything as it is, until something else happens to the same sessions.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        @Option(help: ArgumentHelp("Why, for muster history.", valueName: "text"))
        var reason = ""

        func run() async throws {
            let request = RejectProposal.Request(number: number, reason: reason)
            _ = try await global.perform(RejectProposal.self, request)
            Console.line(
                "Rejected; nothing changes and nobody is told. muster proposals reconsider \(number) takes that back.")
        }
    }

    struct Reconsider: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take back a no, so that it is proposed again.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        func run() async throws {
            let request = RejectProposal.Request(number: number, reconsiders: true)
            _ = try await global.perform(RejectProposal.self, request)
            Console.line("It is planned anew, and proposed again where it still helps.")
        }
    }
}
