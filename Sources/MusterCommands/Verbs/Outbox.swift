import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Outbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the mails and webhooks that are waiting, sent or stuck, and decide about them.",
        subcommands: [List.self, Show.self, Hold.self, Release.self, Retry.self, Resend.self, Discard.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List mails, the newest first.")

        @OptionGroup var global: GlobalOptions

        @Option(
            help: ArgumentHelp(
                "Only those held, due, claimed, delivered, dead, superseded, expired or discarded.", valueName: "state")
        )
        var only: String?

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let state = only.flatMap(OutboxMessage.State.init(rawValue:))
            guard only == nil || state != nil else {
                throw ValidationError(
                    "--only should be one of \(OutboxMessage.State.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            let messages = try await global.perform(ListMessages.self, ListMessages.Request(state: state))
            if json { return try Console.json(messages.map(MessageJSON.init)) }
            if messages.isEmpty { Console.line("No mails.") }
            for message in messages {
                let error = message.lastError.map { "  \($0)" } ?? ""
                Console.line(
                    "\(message.number)".padded(7) + message.state.rawValue.padded(12)
                        + "\(message.subject) → \(message.addressee)\(error)")
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one mail: where it stands, and its text as it is sent.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The number of the mail.")
        var number: Int

        @Flag(help: "Write only the mail itself, for another program.")
        var raw = false

        func run() async throws {
            let response = try await global.perform(ShowMessage.self, ShowMessage.Request(number: number))
            let message = response.summary
            if !raw {
                Console.line("number     \(message.number), revision \(message.revision)")
                Console.line("state      \(message.state.rawValue), tried \(message.attempts) times")
                if let error = message.lastError { Console.line("error      \(error)") }
                if message.awaitsApproval { Console.line("held       until somebody approves of it") }
                Console.line("to         \(message.addressee), by \(message.destination)")
                if !message.session.isEmpty {
                    Console.line("session    \(message.session), sequence \(message.sequence)")
                }
                Console.line("reason     \(message.kind.rawValue), \(message.reason)")
                Console.line("written    \(message.created)")
                Console.line("due        \(message.due)")
                Console.line()
            }
            let content = response.content.map { String(decoding: $0.filter { $0 != 0x0D }, as: UTF8.self) }
            Console.line(content ?? response.text)
        }
    }
}

/// Which mails a verb is about that is never about all.
private struct MessageNumbers: ParsableArguments {
    @Argument(help: "Numbers of mails, as muster outbox lists them.")
    var numbers: [Int]
}

/// Which mails a verb is about.
private struct MessageChoice: ParsableArguments {
    @Argument(help: "Numbers of mails, as muster outbox lists them.")
    var numbers: [Int] = []

    @Flag(help: "All of them.")
    var all = false

    func includes(_ message: MessageSummary) -> Bool { all || numbers.contains(message.number) }

    func validate() throws {
        if numbers.isEmpty != all { throw ValidationError("Name the mails by their numbers, or say --all.") }
    }
}

extension Outbox {
    struct Hold: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep mails from being sent until they are released.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() async throws {
            try await choice.change(global, .hold, done: "held; muster outbox release lets them go")
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let mails that are held be sent.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() async throws {
            try await choice.change(global, .release, done: "released; muster send delivers them")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try mails now that wait for another attempt or are dead.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() async throws {
            try await choice.change(global, .retry, done: "due now; muster send delivers them")
        }
    }

    struct Resend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send mails once more, since their recipients lost them.",
            discussion: "Only the newest about a session to somebody: an older one would mislead.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup fileprivate var choice: MessageNumbers

        func run() async throws {
            let request = ChangeMessages.Request(numbers: choice.numbers, action: .resend)
            let count = try await global.perform(ChangeMessages.self, request).count
            Console.line("\(Wording.count(count, "mail")) due again; muster send delivers them.")
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take mails out that are not to be sent any more; says what their recipients will then not know.",
            discussion: "On a terminal it asks first, since it cannot be taken back.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        @Flag(help: "Do not ask.")
        var yes = false

        func run() async throws {
            let everything = ListMessages.Request(state: nil, limit: .max)
            let messages = try await global.perform(ListMessages.self, everything).filter {
                choice.includes($0) && ChangeMessages.Action.discard.states.from.contains($0.state)
            }
            messages.prefix(40).forEach { Console.line($0.consequence) }
            if messages.count > 40 { Console.line("… and \(Wording.count(messages.count - 40, "mail")) more") }
            if !messages.isEmpty, !yes, Console.canAsk,
                !Console.ask("Discard \(Wording.count(messages.count, "mail"))?")
            {
                return Console.line("Nothing was discarded.")
            }
            try await choice.change(global, .discard, done: "discarded; nobody is told")
        }
    }
}

extension MessageChoice {
    fileprivate func change(_ global: GlobalOptions, _ action: ChangeMessages.Action, done: String) async throws {
        let request = ChangeMessages.Request(numbers: all ? nil : numbers, action: action)
        let count = try await global.perform(ChangeMessages.self, request).count
        Console.line("\(Wording.count(count, "mail")) \(done).")
    }
}

private struct MessageJSON: Encodable {
    let number: Int
    let state: String
    let kind: String
    let reason: String
    let session: SessionID
    let person: PersonID
    let sequence: Int
    let revision: Int
    let attempts: Int
    let messageID: String
    let destination: String
    let lastError: String?

    init(_ message: MessageSummary) {
        number = message.number
        state = message.state.rawValue
        kind = message.kind.rawValue
        reason = message.reason
        session = message.session
        person = message.person
        sequence = message.sequence
        revision = message.revision
        attempts = message.attempts
        messageID = message.messageID
        destination = message.destination
        lastError = message.lastError
    }
}
