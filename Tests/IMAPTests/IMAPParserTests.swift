import IMAP
import MusterTestSupport
import Testing

@Suite struct `What an IMAP server says` {
    /// All responses in what comes in pieces of a length.
    private func responses(_ text: String, pieces: Int, most: Int = 1 << 20) throws -> [IMAPResponse] {
        var parser = IMAPParser(mostBytes: most)
        var found: [IMAPResponse] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            parser.append(Array(bytes[start..<min(start + pieces, bytes.count)]))
            while let response = try parser.next() { found.append(response) }
        }
        return found
    }

    private static func string(_ text: String) -> IMAPValue { .string(Array(text.utf8)) }

    private static let transcript =
        "* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n* 12 EXISTS\r\n* SEARCH 1 2 30\r\n* SEARCH\r\n"
        + "* 3 FETCH (UID 7 BODY[]<0> {11}\r\nHi\r\n(\"{3}\r\n FLAGS (\\Seen $x) X \"a \\\"b\\\\\" NIL)\r\n"
        + "+ idling\r\nm1 OK [READ-WRITE] done\r\nm2 NO [TRYCREATE] there is none\r\nm3 BAD what?\r\n* BYE (see \"you\r\n"

    private static let expected: [IMAPResponse] = [
        .status(IMAPStatus(kind: .ok, tag: nil, code: "CAPABILITY IMAP4rev1 IDLE", text: "ready")),
        .data([.atom("12"), .atom("EXISTS")]), .data([.atom("SEARCH"), .atom("1"), .atom("2"), .atom("30")]),
        .data([.atom("SEARCH")]),
        .data([
            .atom("3"), .atom("FETCH"),
            .list([
                .atom("UID"), .atom("7"), .atom("BODY[]<0>"), string("Hi\r\n(\"{3}\r\n"), .atom("FLAGS"),
                .list([.atom("\\Seen"), .atom("$x")]), .atom("X"), string("a \"b\\"), .atom("NIL"),
            ]),
        ]),
        .goOn, .status(IMAPStatus(kind: .ok, tag: "m1", code: "READ-WRITE", text: "done")),
        .status(IMAPStatus(kind: .no, tag: "m2", code: "TRYCREATE", text: "there is none")),
        .status(IMAPStatus(kind: .bad, tag: "m3", code: "", text: "what?")),
        .status(IMAPStatus(kind: .bye, tag: nil, code: "", text: "(see \"you")),
    ]

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func `is the same however it is cut into pieces`(length: Int) throws {
        #expect(try responses(Self.transcript, pieces: length) == Self.expected)
        let twice = try responses(Self.transcript + Self.transcript, pieces: length)
        #expect(twice == Self.expected + Self.expected)
    }

    @Test(arguments: [
        "* 1 FETCH (BODY[] {99999999999999999999}\r\n", "* 1 FETCH (BODY[] {5000000}\r\n",
        "* \(String(repeating: "(", count: 50))\r\n", "\(String(repeating: "a", count: 5_000_000))\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
    ])
    func `ends with a sentence where it has no end, or is no IMAP`(text: String) {
        #expect(throws: IMAPParser.Failure.self) { try responses(text, pieces: 1 << 16) }
    }

    @Test func `whatever it is, is read to its end or refused`() {
        var (understood, refused) = (0, 0)
        for bytes in Mutations(of: [Self.transcript], count: 20_000, seed: 5) {
            var parser = IMAPParser(mostBytes: 1 << 16)
            parser.append(bytes)
            do {
                while try parser.next() != nil { understood += 1 }
            } catch {
                refused += 1
            }
        }
        #expect(understood > 50_000 && refused > 100)
    }

    @Test func `about many mails takes no more than its length in time`() throws {
        let many = "* SEARCH " + (1...200_000).map(String.init).joined(separator: " ") + "\r\n"
        guard case .data(let values) = try responses(many, pieces: 4096, most: 8 << 20).first else {
            Issue.record("nothing was understood")
            return
        }
        #expect(values.count == 200_001)
    }
}
