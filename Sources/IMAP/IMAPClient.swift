import CivilTime
import Transport

/// Reads a mailbox over a connection on which somebody is signed in already (RFC 3501): what is new in it, without
/// marking anything as read, and moves what was dealt with.
///
/// One command at a time. Whatever fails, fails as a `TransportError`, after which the connection is of no use.
public actor IMAPClient {
    /// A mailbox that was selected.
    public struct Mailbox: Hashable, Sendable {
        /// Another number means that the numbers of all mails are others than before (RFC 3501 §2.3.1.1).
        public let validity: Int
        /// How many mails it holds.
        public let count: Int

        /// A mailbox; both fields as described there.
        public init(validity: Int, count: Int) {
            self.validity = validity
            self.count = count
        }
    }

    /// Seconds for a command.
    private static let patience = 60

    private let stream: any ByteStream
    private var parser: IMAPParser
    private var number = 0
    private var capabilities: Set<String>?

    /// A client on a connection.
    ///
    /// - Parameter mostBytes: the length of a mail at most; of a longer one the beginning is read.
    public init(_ stream: any ByteStream, mostBytes: Int) {
        self.stream = stream
        parser = IMAPParser(mostBytes: mostBytes + 1 << 20)
    }

    /// Opens a mailbox.
    public func select(_ mailbox: String) async throws(TransportError) -> Mailbox {
        var (validity, count) = (0, 0)
        for response in try await run("SELECT \(Self.quoted(mailbox))") {
            switch response {
            case .status(let status):
                let words = status.code.split(separator: " ")
                if words.first?.uppercased() == "UIDVALIDITY" { validity = words.last.flatMap { Int($0) } ?? 0 }
            case .data(let values):
                if values.last?.word == "EXISTS", let number = values.first?.number { count = number }
            case .goOn: break
            }
        }
        return Mailbox(validity: validity, count: count)
    }

    /// The numbers of the mails that came on a day or after it, from a number on, in order.
    public func mails(since day: CivilDate, from first: Int) async throws(TransportError) -> [Int] {
        let responses = try await run("UID SEARCH UID \(max(1, first)):* SINCE \(Self.date(day))")
        let numbers = responses.flatMap { response -> [Int] in
            guard case .data(let values) = response, values.first?.word == "SEARCH" else { return [] }
            return values.dropFirst().compactMap(\.number)
        }
        // The last mail is found even where its number is smaller (RFC 3501 §6.4.8).
        return Set(numbers).filter { $0 >= first && $0 <= UInt32.max }.sorted()
    }

    /// A mail, or its first bytes; nil for one that is gone.
    public func mail(_ uid: Int, first bytes: Int) async throws(TransportError) -> [UInt8]? {
        let responses = try await run("UID FETCH \(uid) (UID BODY.PEEK[]<0.\(bytes)>)")
        for case .data(let values) in responses where values.dropFirst().first?.word == "FETCH" {
            let items = values.last?.values ?? []
            let pairs = zip(items, items.dropFirst())
            guard pairs.contains(where: { $0.word == "UID" && $1.number == uid }) else { continue }
            for (name, value) in pairs where name.word?.hasPrefix("BODY[") ?? false {
                if case .string(let content) = value { return content }
            }
        }
        return nil
    }

    /// Moves a mail into another mailbox, which is made where it is not there.
    public func move(_ uid: Int, to mailbox: String) async throws(TransportError) {
        let name = Self.quoted(mailbox)
        let capabilities = try await known()
        let transfer = capabilities.contains("MOVE") ? "UID MOVE \(uid) \(name)" : "UID COPY \(uid) \(name)"
        do {
            try await run(transfer)
        } catch let error where error.description.contains("TRYCREATE") {
            try await run("CREATE \(name)")
            try await run(transfer)
        }
        guard !capabilities.contains("MOVE") else { return }
        try await run("UID STORE \(uid) +FLAGS.SILENT (\\Deleted)")
        // Without UIDPLUS everything that others have marked would go too.
        if capabilities.contains("UIDPLUS") { try await run("UID EXPUNGE \(uid)") }
    }

    /// Waits until something happens in the mailbox, at most so many seconds.
    ///
    /// - Returns: false where the server cannot tell of it by itself: then it is to be asked again.
    public func wait(atMost seconds: Int) async throws(TransportError) -> Bool {
        guard try await known().contains("IDLE") else { return false }
        let tag = try await begin("IDLE")
        let end = ContinuousClock.now + .seconds(seconds)
        var hasNews = false
        while !hasNews, ContinuousClock.now < end {
            guard let response = try await response(within: min(seconds, Self.patience), orNothing: true) else {
                continue
            }
            switch response {
            case .data(let values): hasNews = ["EXISTS", "RECENT"].contains(values.last?.word)
            case .status(let status) where status.tag == tag:
                // It does not want to; it is asked instead.
                return false
            case .status(let status) where status.kind == .bye: throw Self.ended(status)
            case .status, .goOn: break
            }
        }
        try await stream.send(Array("DONE\r\n".utf8))
        _ = try await finish(tag)
        return true
    }

    /// Ends the connection in order.
    public func logOut() async {
        if let tag = try? await begin("LOGOUT") { _ = try? await finish(tag) }
        await stream.close()
    }

    // MARK: Commands

    private func known() async throws(TransportError) -> Set<String> {
        if let capabilities { return capabilities }
        var words: Set<String> = []
        for case .data(let values) in try await run("CAPABILITY") where values.first?.word == "CAPABILITY" {
            words.formUnion(values.dropFirst().compactMap(\.word))
        }
        capabilities = words
        return words
    }

    @discardableResult
    private func run(_ command: String) async throws(TransportError) -> [IMAPResponse] {
        try await finish(try await begin(command))
    }

    private func begin(_ command: String) async throws(TransportError) -> String {
        number += 1
        let tag = "m\(number)"
        try await stream.send(Array("\(tag) \(command)\r\n".utf8))
        return tag
    }

    /// Everything that the server says up to the end of a command.
    private func finish(_ tag: String) async throws(TransportError) -> [IMAPResponse] {
        var responses: [IMAPResponse] = []
        while true {
            guard let response = try await response(within: Self.patience, orNothing: false) else { continue }
            guard case .status(let status) = response, status.tag == tag || status.kind == .bye else {
                // What a server has to tell of one mail is little; more is no answer to any of our commands.
                guard responses.count < 100_000 else { throw TransportError(.tooLarge, "it does not stop talking") }
                responses.append(response)
                continue
            }
            guard status.tag == tag else {
                if status.kind == .bye, responses.isEmpty { throw Self.ended(status) }
                continue
            }
            guard status.kind == .ok else {
                let code = status.code.isEmpty ? "" : "[\(status.code)] "
                throw TransportError(.refused, "the mail server refuses: \(code)\(status.text)")
            }
            return responses + [response]
        }
    }

    private static func ended(_ status: IMAPStatus) -> TransportError {
        TransportError(.broken, "the mail server ended the connection: \(status.text)")
    }

    /// The next thing that the server says; nil where nothing comes in time and that is no trouble.
    private func response(within seconds: Int, orNothing: Bool) async throws(TransportError) -> IMAPResponse? {
        while true {
            do {
                if let response = try parser.next() { return response }
            } catch {
                throw TransportError(.broken, "the mail server cannot be understood: \(error)")
            }
            let bytes = try await stream.receive(within: seconds)
            if bytes.isEmpty {
                guard orNothing else { throw TransportError(.timeout, "the mail server does not answer") }
                return nil
            }
            parser.append(bytes)
        }
    }

    private static func quoted(_ text: String) -> String {
        let plain = text.unicodeScalars.filter { (0x20...0x7E).contains($0.value) }.map { scalar in
            scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
        }
        return "\"\(plain.joined())\""
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `24-Nov-2026`.
    private static func date(_ day: CivilDate) -> String { "\(day.day)-\(months[day.month - 1])-\(day.year)" }
}
