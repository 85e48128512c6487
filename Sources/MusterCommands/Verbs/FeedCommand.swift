import ArgumentParser
import CivilTime
import MusterDaemon
import MusterModel
import MusterOperations
import MusterStore

struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed",
        abstract: "Let calendar programs subscribe to the sessions of a person, a school or a partnership.",
        discussion:
            "Each feed has a secret address, which can be taken back. To replace one, create another, hand it out, and revoke the old one.",
        subcommands: [List.self, Create.self, Revoke.self, Write.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whose feeds there are, and which calendar program read each one when.")

        @OptionGroup var global: GlobalOptions

        @Flag(help: "Write them as JSON.")
        var json = false

        func run() async throws {
            let response = try await global.perform(ListFeeds.self, Nothing())
            if json { return try Console.json(response.feeds) }
            if response.feeds.isEmpty { Console.line("No feeds; muster feed create person:ID makes one.") }
            for feed in response.feeds {
                let line = "\(feed.number)".padded(5) + feed.subject.description.padded(30) + "  "
                Console.line(line + feed.standing(at: response.at))
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an address for a feed, and show it: this once, since only a digest of it is kept.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "person:ID, school:URN or partnership:ID.")
        var subject: String

        @Flag(help: "Write it as JSON.")
        var json = false

        func run() async throws {
            let response = try await global.perform(CreateFeed.self, CreateFeed.Request(owner: subject))
            let feed = response.feed
            if json { return try Console.json(CreatedJSON(feed, response.address)) }
            Console.line(response.address)
            // The address alone goes to a program that reads this.
            Console.error(
                "This address is shown this once. Whoever has it can read the feed of \(feed.subject); muster feed revoke \(feed.number) ends it."
            )
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the address of a feed back for good, say because it leaked.")

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The number of the feed, as muster feed list shows it.")
        var number: Int

        func run() async throws {
            let feed = try await global.perform(RevokeFeed.self, RevokeFeed.Request(number: number))
            Console.line(
                "The address of feed \(feed.number), \(feed.subject), leads nowhere from now on. What programs have read from it they keep, until their owners remove it."
            )
        }
    }

    struct Write: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write feeds into files, one for each subject; only where something changed.",
            discussion:
                "The names of the files can be guessed: they are for a folder that asks for a password, or for a file share. Where no subjects are named, files of those whose addresses were all revoked are removed."
        )

        @OptionGroup var global: GlobalOptions

        @Argument(help: "The folder.")
        var directory: String

        @Argument(help: "person:ID, school:URN or partnership:ID; left out: all that have an address.")
        var subjects: [String] = []

        @Flag(help: "Write what was done as JSON.")
        var json = false

        func run() async throws {
            let feeds = try await global.perform(ComposeFeeds.self, ComposeFeeds.Request(owners: subjects))
            let files = try FeedFiles(feeds, in: directory)
            if json { return try Console.json(files) }
            files.written.forEach { Console.line("written  \($0)") }
            files.removed.forEach { Console.line("removed  \($0)") }
            Console.line(
                "\(Wording.count(files.written.count, "feed")) written, \(files.unchanged.count) unchanged, \(files.removed.count) removed."
            )
        }
    }
}

private struct CreatedJSON: Encodable {
    let number: Int
    let subject: FeedOwner
    let address: String

    init(_ feed: Feed, _ address: String) {
        number = feed.number
        subject = feed.subject
        self.address = address
    }
}

extension Feed {
    /// `read 3 hours ago by Thunderbird`, in words.
    fileprivate func standing(at now: Instant) -> String {
        if let revoked { return "revoked \(revoked.inWords)" }
        guard let fetched else { return "never read, made \(created.inWords)" }
        return "read \(Wording.age(now - fetched)) ago by \(program ?? "a program without a name")"
    }
}
