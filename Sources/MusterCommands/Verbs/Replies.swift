import ArgumentParser
import Foundation
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct Reply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a mail to the organiser, from a file or from a mail server's pipe.",
        discussion: """
            In /etc/aliases: reviews: "|/usr/bin/muster reply". Exit code 0: it was taken, whatever it says; 75: the \
            state cannot take it now, so that the mail server keeps it and tries again.
            """)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file; left out: standard input.")
    var file: String?

    @Flag(help: "Only say what it would be understood as.")
    var dryRun = false

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let mail = try await take(TakeMail.Request(content: try content()))
        if json { return try Console.json(mail) }
        Console.line("\(mail.state.rawValue)  \(mail.reason)")
    }

    private func content() throws -> Data {
        guard let handle = file.map(FileHandle.init(forReadingAtPath:)) ?? .standardInput,
            let data = try? handle.read(upToCount: TakeMail.mostBytes) ?? Data()
        else { throw ExitFailure("\(file ?? "the mail") cannot be read.", code: 66) }
        return data
    }

    private func take(_ request: TakeMail.Request) async throws -> IncomingMail {
        guard !dryRun else { return try await global.perform(InterpretMail.self, request) }
        do {
            return try await global.perform(TakeMail.self, request)
        } catch {
            throw ExitFailure("The mail was not taken: \(error)", code: 75)
        }
    }
}

struct Replies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The mails that came to the organiser, and those that wait for somebody.",
        subcommands: [List.self, Show.self, Accept.self, Refuse.self, Done.self, Fetch.self],
        defaultSubcommand: List.self)

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the mails that have come by now; the daemon does that by itself.")

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let count = try await global.perform(FetchAnswers.self, Nothing()).count
            Console.line(
                count == 0 ? "Nothing new." : "\(Wording.count(count, "mail")) taken; muster replies --all lists them.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List mails that wait for somebody, or all.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "All of them, with what became of each.")
        var all = false

        @Flag(help: "Write JSON.")
        var json = false

        func run() async throws {
            let request = ListIncomingMails.Request(state: all ? nil : .waiting)
            let mails = try await global.perform(ListIncomingMails.self, request)
            if json { return try Console.json(mails) }
            for mail in mails {
                let from = mail.sender.isEmpty ? "nobody" : mail.sender
                Console.line("\("\(mail.number)".padded(6))\(mail.state.rawValue.padded(9))\(mail.reason)")
                Console.line("      \(mail.at.inWords), from \(from): “\(mail.subject)”")
            }
            if mails.isEmpty { Console.line(all ? "No mail has come." : "No mail waits for anybody.") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a mail that waits.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        func run() async throws {
            let request = ShowIncomingMail.Request(number: number)
            guard let content = try await global.perform(ShowIncomingMail.self, request).content else {
                throw ExitFailure("The mail \(number) is not kept: it was dealt with, or never came.", code: 65)
            }
            Console.line(String(decoding: content.filter { $0 != 0x0D }, as: UTF8.self))
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to what a mail says: an answer, another time, or who comes instead.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        @Option(help: ArgumentHelp("Whose answer it is, where it does not say so.", valueName: "person"))
        var person: String?

        func run() async throws {
            let request = AcceptIncomingMail.Request(number: number, person: person)
            let sentence = try await global.perform(AcceptIncomingMail.self, request).sentence
            Console.line("\(sentence). muster plan shows what follows.")
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say no to what a mail proposes; whoever proposed another time is told.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        @Option(help: ArgumentHelp("Why, for whoever proposed it.", valueName: "text"))
        var reason = ""

        func run() async throws {
            let request = RefuseIncomingMail.Request(number: number, reason: reason)
            let isTold = try await global.perform(RefuseIncomingMail.self, request).isTold
            Console.line(isTold ? "Refused; a mail that says so is in the outbox." : "Refused; nobody is told.")
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say that somebody has dealt with a mail.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "Its number.")
        var number: Int

        func run() async throws {
            _ = try await global.perform(SettleIncomingMail.self, SettleIncomingMail.Request(number: number))
            Console.line("The mail \(number) is dealt with.")
        }
    }
}
