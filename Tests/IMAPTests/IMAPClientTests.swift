import CivilTime
import IMAP
import Synchronization
import Testing
import Transport

/// A server that says what stands in a script: for each command that begins so, its answer, with TAG in it.
private final class ScriptedStream: ByteStream {
    private struct State {
        var script: [(command: String, answer: String)]
        var said: [String] = []
        var waiting: [[UInt8]] = []
    }

    private let state: Mutex<State>

    init(_ script: [(String, String)]) {
        state = Mutex(State(script: script.map { (command: $0.0, answer: $0.1) }))
    }

    /// The commands that came, without their tags.
    var commands: [String] { state.withLock { $0.said } }

    func send(_ bytes: [UInt8]) async throws(TransportError) {
        let line = String(decoding: bytes.dropLast(2), as: UTF8.self)
        state.withLock { state in
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            let (tag, command) = parts.count == 2 ? (parts[0], parts[1]) : ("", line)
            state.said.append(command)
            guard let index = state.script.firstIndex(where: { command.hasPrefix($0.command) }) else { return }
            let answer = state.script.remove(at: index).answer.replacing("TAG", with: tag)
            // A few bytes at a time.
            let bytes = Array(answer.utf8)
            for start in stride(from: 0, to: bytes.count, by: 5) {
                state.waiting.append(Array(bytes[start..<min(start + 5, bytes.count)]))
            }
        }
    }

    func receive(within seconds: Int) async throws(TransportError) -> [UInt8] {
        let next = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        guard let next else { throw TransportError(.broken, "closed") }
        return next
    }

    func close() async {}
}

@Suite struct `An IMAP client` {
    private func client(_ script: (String, String)...) -> (IMAPClient, ScriptedStream) {
        let stream = ScriptedStream(script)
        return (IMAPClient(stream, mostBytes: 1 << 20), stream)
    }

    @Test func `finds what is new, and not the last one again`() async throws {
        let (client, stream) = client(
            ("SELECT", "* 4 EXISTS\r\n* OK [UIDVALIDITY 77] valid\r\nTAG OK [READ-WRITE] done\r\n"),
            ("UID SEARCH UID 9:*", "* SEARCH 12 8 10\r\n* 5 EXISTS\r\nTAG OK done\r\n"))
        #expect(try await client.select("IN\"BOX") == IMAPClient.Mailbox(validity: 77, count: 4))
        let day = try #require(CivilDate(iso: "2026-11-04"))
        #expect(try await client.mails(since: day, from: 9) == [10, 12])
        #expect(stream.commands == ["SELECT \"IN\\\"BOX\"", "UID SEARCH UID 9:* SINCE 4-Nov-2026"])
    }

    @Test func `reads a mail without marking it, whatever else the server tells meanwhile`() async throws {
        let (client, stream) = client(
            (
                "UID FETCH 10",
                "* 2 FETCH (FLAGS (\\Seen))\r\n* 9 FETCH (UID 9 BODY[]<0> {2}\r\nno)\r\n* 2 FETCH (UID 10 BODY[]<0> {6}\r\na\r\nb)\n)\r\nTAG OK done\r\n"
            ), ("UID FETCH 11", "TAG OK it is gone\r\n"))
        #expect(try await client.mail(10, first: 100) == Array("a\r\nb)\n".utf8))
        #expect(try await client.mail(11, first: 100) == nil)
        #expect(stream.commands[0] == "UID FETCH 10 (UID BODY.PEEK[]<0.100>)")
    }

    @Test(arguments: [
        ("IMAP4rev1 MOVE UIDPLUS", ["UID MOVE 3 \"Done\""]),
        ("IMAP4rev1 UIDPLUS", ["UID COPY 3 \"Done\"", "UID STORE 3 +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE 3"]),
        ("IMAP4rev1", ["UID COPY 3 \"Done\"", "UID STORE 3 +FLAGS.SILENT (\\Deleted)"]),
    ])
    func `moves a mail as the server can`(capabilities: String, commands: [String]) async throws {
        let (client, stream) = client(
            ("CAPABILITY", "* CAPABILITY \(capabilities)\r\nTAG OK done\r\n"), ("UID MOVE", "TAG OK done\r\n"),
            ("UID COPY", "TAG OK done\r\n"), ("UID STORE", "TAG OK done\r\n"), ("UID EXPUNGE", "TAG OK done\r\n"))
        try await client.move(3, to: "Done")
        #expect(Array(stream.commands.dropFirst()) == commands)
    }

    @Test func `makes the mailbox that is not there`() async throws {
        let (client, stream) = client(
            ("CAPABILITY", "* CAPABILITY MOVE\r\nTAG OK done\r\n"), ("UID MOVE", "TAG NO [TRYCREATE] none\r\n"),
            ("CREATE", "TAG OK done\r\n"), ("UID MOVE", "TAG OK done\r\n"))
        try await client.move(3, to: "Done")
        #expect(stream.commands.suffix(2) == ["CREATE \"Done\"", "UID MOVE 3 \"Done\""])
    }

    @Test func `waits for news, and says where the server cannot tell`() async throws {
        let (client, stream) = client(
            ("CAPABILITY", "* CAPABILITY IDLE\r\nTAG OK done\r\n"), ("IDLE", "+ idling\r\n* 5 EXISTS\r\n"),
            ("DONE", "m2 OK done\r\n"))
        #expect(try await client.wait(atMost: 60))
        #expect(stream.commands == ["CAPABILITY", "IDLE", "DONE"])
        let (other, _) = self.client(("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"))
        #expect(try await other.wait(atMost: 60) == false)
    }

    @Test(arguments: [
        ("TAG NO [AUTHORIZATIONFAILED] not you\r\n", TransportError.Kind.refused, "[AUTHORIZATIONFAILED] not you"),
        ("TAG BAD what?\r\n", .refused, "what?"), ("* BYE shutting down\r\n", .broken, "shutting down"),
        ("* 1 EXISTS\r\n", .broken, "closed"), ("I am no IMAP server\r\n", .broken, "cannot be understood"),
    ])
    func `says why it goes no further`(answer: String, kind: TransportError.Kind, words: String) async throws {
        let (client, _) = client(("SELECT", answer))
        let error = await #expect(throws: TransportError.self) { try await client.select("INBOX") }
        #expect(error?.kind == kind && error?.description.contains(words) ?? false, "\(String(describing: error))")
    }
}
