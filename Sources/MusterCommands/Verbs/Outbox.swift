import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Outbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the mails and webhooks that are waiting, sent or stuck, and decide about them.",
        subcommands: [List.self, Show.self, Hold.self, Release.self, Retry.self, Discard.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List mails, the newest first.")

        @OptionGroup var place: GlobalOptions

        @Option(
            help: ArgumentHelp(
                "Only those held, due, claimed, delivered, dead, superseded, expired or discarded.", valueName: "state")
        )
        var only: String?

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() throws {
            guard only.map({ OutboxMessage.State(rawValue: $0) != nil }) ?? true else {
                throw ValidationError(
                    "--only should be one of \(OutboxMessage.State.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            let states = only.flatMap(OutboxMessage.State.init(rawValue:)).map { [$0] } ?? OutboxMessage.State.allCases
            let messages = try place.workspace().store.messages(states)
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

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one mail: where it stands, and its text as it is sent.")

        @OptionGroup var place: GlobalOptions

        @Argument(help: "The number of the mail.")
        var number: Int

        @Flag(help: "Write only the mail itself, for another program.")
        var raw = false

        func run() throws {
            guard let message = try place.workspace().store.message(number) else {
                throw Workspace.Failure("There is no mail \(number); muster outbox lists them.", exitCode: 65)
            }
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
            Console.line(String(decoding: message.content.filter { $0 != 0x0D }, as: UTF8.self))
        }
    }
}

/// Which mails a verb is about.
private struct MessageChoice: ParsableArguments {
    @Argument(help: "Numbers of mails, as muster outbox lists them.")
    var numbers: [Int] = []

    @Flag(help: "All of them.")
    var all = false

    func validate() throws {
        if numbers.isEmpty != all { throw ValidationError("Name the mails by their numbers, or say --all.") }
    }
}

extension Outbox {
    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep mails from being sent until they are released.")
        @OptionGroup var place: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() throws {
            try choice.move(place, from: [.due], to: .held, done: "held; muster outbox release lets them go")
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let mails that are held be sent.")
        @OptionGroup var place: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() throws {
            try choice.move(place, from: [.held], to: .due, done: "released; muster send delivers them")
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try mails now that wait for another attempt or are dead.")
        @OptionGroup var place: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() throws {
            try choice.move(place, from: [.due, .dead], to: .due, done: "due now; muster send delivers them") {
                try $0.store.reopen(OutboxMessage.mail, at: $0.now())
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take mails out that are not to be sent any more.")
        @OptionGroup var place: GlobalOptions
        @OptionGroup fileprivate var choice: MessageChoice

        func run() throws {
            try choice.move(place, from: [.due, .held, .dead], to: .discarded, done: "discarded; nobody is told")
        }
    }
}

extension MessageChoice {
    fileprivate func move(
        _ place: GlobalOptions, from states: [OutboxMessage.State], to state: OutboxMessage.State, done: String,
        then: (Workspace) throws -> Void = { _ in }
    ) throws {
        try place.change { workspace in
            let count = try workspace.store.move(all ? nil : numbers, from: states, to: state, due: workspace.now())
            guard count > 0 else {
                let words = Wording.list(states.map(\.rawValue), "or")
                throw Workspace.Failure(
                    "No mail of these is \(words); muster outbox list shows where each stands.", exitCode: 65)
            }
            try then(workspace)
            Console.line("\(Wording.count(count, "mail")) \(done).")
        }
    }
}

extension OutboxMessage {
    /// Who gets it, without an address: a person, or an endpoint.
    fileprivate var addressee: String {
        if !person.isEmpty { return person }
        return destination == OutboxMessage.mail ? "its owner" : destination
    }
}

private struct MessageJSON: Encodable {
    let number: Int
    let state: String
    let kind: String
    let reason: String
    let session: String
    let person: String
    let sequence: Int
    let revision: Int
    let attempts: Int
    let messageID: String
    let destination: String
    let lastError: String?

    init(_ message: OutboxMessage) {
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
