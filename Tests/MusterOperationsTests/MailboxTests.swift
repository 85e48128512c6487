import CivilTime
import Foundation
import IMAP
import MusterConfiguration
import MusterModel
import MusterStore
import MusterTestSupport
import Synchronization
import Testing
import Transport

@testable import MusterOperations

/// A mailbox on a server that ends the connection after so many of the commands that it carries out, or before the
/// answer to one.
private final class FragileMailbox: Sendable {
    struct State {
        var validity = 1
        var mails: [Int: String] = [:]
        var moved: [String] = []
        var commandsLeft = Int.max
        var isCutBeforeAnswer = false
        /// What is refused: `FETCH 11`, `MOVE 12`.
        var refused: Set<String> = []
    }

    let state = Mutex(State())

    func connection() -> any ByteStream { Connection(self) }

    func deliver(_ mail: String, as uid: Int) { state.withLock { $0.mails[uid] = mail } }

    /// The answer to a command; nil where the connection ends instead.
    fileprivate func answer(_ tag: String, _ words: [String]) -> String? {
        state.withLock { state in
            guard state.commandsLeft > 0 else { return nil }
            state.commandsLeft -= 1
            var lines: [String] = []
            if words.count > 2, state.refused.contains("\(words[1]) \(words[2])") {
                return "\(tag) NO not this one\r\n"
            }
            switch words[0] {
            case "SELECT": lines = ["* \(state.mails.count) EXISTS", "* OK [UIDVALIDITY \(state.validity)] so"]
            case "CAPABILITY": lines = ["* CAPABILITY IMAP4rev1 MOVE"]
            case "UID" where words[1] == "SEARCH":
                let first = Int(words[3].prefix { $0 != ":" }) ?? 1
                let found = state.mails.keys.filter { $0 >= first || $0 == state.mails.keys.max() }
                lines = ["* SEARCH" + found.map { " \($0)" }.joined()]
            case "UID" where words[1] == "FETCH":
                let uid = Int(words[2]) ?? 0
                if let mail = state.mails[uid] {
                    lines = ["* 1 FETCH (UID \(uid) BODY[]<0> {\(mail.utf8.count)}\r\n\(mail))"]
                }
            case "UID" where words[1] == "MOVE":
                if let mail = state.mails.removeValue(forKey: Int(words[2]) ?? 0) { state.moved.append(mail) }
            default: break
            }
            guard !(state.commandsLeft == 0 && state.isCutBeforeAnswer) else { return nil }
            return (lines + ["\(tag) OK done"]).map { $0 + "\r\n" }.joined()
        }
    }

    private final class Connection: ByteStream {
        private let mailbox: FragileMailbox
        private let waiting = Mutex<[UInt8]?>([])

        init(_ mailbox: FragileMailbox) { self.mailbox = mailbox }

        func send(_ bytes: [UInt8]) async throws(TransportError) {
            let words = String(decoding: bytes.dropLast(2), as: UTF8.self).split(separator: " ").map(String.init)
            let answer = mailbox.answer(words[0], Array(words.dropFirst()))
            waiting.withLock { $0 = answer.map { Array($0.utf8) } }
        }

        func receive(within seconds: Int) async throws(TransportError) -> [UInt8] {
            let bytes = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            guard let bytes, !bytes.isEmpty else { throw TransportError(.broken, "cut") }
            return bytes
        }

        func close() async {}
    }
}

@Suite struct `A mailbox whose connection ends` {
    private let files: ProgrammeFiles
    private let clock: Clock

    init() throws {
        files = try ProgrammeFiles(
            operator:
                "answers: { imap: { host: imap.example.test, user: reviews, password: 'file:secret', processed: Done } }"
        )
        clock = Clock(try #require(Instant(iso: ProgrammeFiles.now)))
    }

    private func workspace() throws -> Workspace {
        try Workspace(config: files.config, state: files.folder.path + "/state", now: { [clock] in clock.now })
    }

    private func mail(_ number: Int) -> String {
        "From: p\(number)@example.test\r\nMessage-ID: <\(number)@example.test>\r\nSubject: \(number)\r\n\r\nHello \(number)\r\n"
    }

    private func read(_ mailbox: FragileMailbox) async throws {
        let workspace = try workspace()
        let configuration = try #require(workspace.configuration.answers.mailbox)
        let client = IMAPClient(mailbox.connection(), mostBytes: 1 << 20)
        _ = try await workspace.readMailbox(IMAPMailbox(client: client, mailbox: configuration))
    }

    @Test(arguments: [false, true])
    func `at any step leaves each mail in one state, and none twice`(isCutBeforeAnswer: Bool) async throws {
        for cut in 1...16 {
            let mailbox = FragileMailbox()
            let first = 100 * cut
            for number in 0..<4 { mailbox.deliver(mail(first + number), as: 10 + number) }
            mailbox.state.withLock { ($0.commandsLeft, $0.isCutBeforeAnswer) = (cut, isCutBeforeAnswer) }
            try? await read(mailbox)
            mailbox.state.withLock { $0.commandsLeft = .max }
            // The numbers of its mails become others: all are looked at anew.
            if cut.isMultiple(of: 3) {
                mailbox.state.withLock { state in
                    state.validity += 1
                    state.mails = Dictionary(uniqueKeysWithValues: state.mails.map { ($0.key - 9, $0.value) })
                }
            }
            mailbox.deliver(mail(first + 4), as: 20)
            for _ in 0..<2 { try await read(mailbox) }
            let taken = try workspace().store.incomingMails().compactMap { Int($0.subject) }.filter {
                (first..<first + 100).contains($0)
            }
            #expect(taken.sorted() == Array(first..<first + 5), "cut after \(cut)")
            #expect(mailbox.state.withLock { $0.moved.sorted() } == (0..<5).map { mail(first + $0) }.sorted())
        }
    }

    @Test func `or refuses one mail keeps no other from being taken and moved, and says so`() async throws {
        let mailbox = FragileMailbox()
        for number in 0..<5 { mailbox.deliver(mail(number), as: 10 + number) }
        mailbox.state.withLock { $0.refused = ["FETCH 11", "MOVE 12"] }
        for _ in 0..<2 {
            let error = await #expect(throws: TransportError.self) { try await read(mailbox) }
            #expect(error?.description.contains("not this one") ?? false)
        }
        #expect(try workspace().store.incomingMails().map(\.subject).sorted() == ["0", "2", "3", "4"])
        #expect(mailbox.state.withLock { $0.moved.sorted() } == [mail(0), mail(3), mail(4)])
        mailbox.state.withLock { $0.refused = [] }
        try await read(mailbox)
        #expect(try workspace().store.incomingMails().count == 5)
        #expect(mailbox.state.withLock { $0.mails.isEmpty && $0.moved.count == 5 })
    }

    @Test func `tells of it in status until it is read again`() async throws {
        try await workspace().noteMailboxFailure("nobody answers")
        clock.later(7200)
        try await workspace().noteMailboxFailure("it refuses")
        let report = try await ReportStatus.run(Nothing(), in: try workspace()) { _ in }
        #expect(report.needsSomebody && report.mailbox?.failure == "it refuses")
        #expect(report.mailbox?.failingSince.map { clock.now - $0 } == 7200)
        try await read(FragileMailbox())
        #expect(try await ReportStatus.run(Nothing(), in: try workspace()) { _ in }.mailbox?.failure == nil)
    }

    @Test func `brings a mail once, though it comes on another way as well`() async throws {
        let mailbox = FragileMailbox()
        mailbox.deliver(mail(7), as: 1)
        try await read(mailbox)
        let other = "Received: from elsewhere\r\nDelivered-To: x@example.test\r\n" + mail(7)
        let again = try await TakeMail.run(TakeMail.Request(content: Data(other.utf8)), in: try workspace()) { _ in }
        #expect(again.number == 1)
        #expect(try workspace().store.incomingMails().count == 1)
    }
}
