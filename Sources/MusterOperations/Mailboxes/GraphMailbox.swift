import Foundation
import MusterConfiguration
import Transport

/// A mailbox of Microsoft 365 that is read by Microsoft Graph, for tenants that let nobody in by IMAP: messages are
/// listed, read whole (`$value`) and moved.
struct GraphMailbox: AnswerMailbox {
    /// Messages that are listed at once.
    private static let page = 50
    private static let timeout = 60

    let mailbox: Configuration.GraphMailbox
    let transport: any HTTPTransport
    let tokens: any TokenSource

    private struct Message: Decodable {
        let id: String
        let subject: String?
    }

    private struct Folder: Decodable { let id: String }

    private struct List<Item: Decodable>: Decodable {
        let value: [Item]
    }

    func takeNew(into workspace: Workspace) async throws -> Int {
        var seen: Set<String> = []
        var refusal: TransportError?
        var processed: String?
        var (count, skip) = (0, 0)
        while true {
            // What is moved away makes room for the next ones; those that stay are passed over.
            let list: List<Message> = try await get(
                "mailFolders/\(mailbox.folder)/messages?$select=id,subject&$orderby=receivedDateTime&$top=\(Self.page)&$skip=\(skip)"
            )
            let new = list.value.filter { seen.insert($0.id).inserted }
            guard !list.value.isEmpty else { break }
            if new.isEmpty { skip += list.value.count }
            for message in new {
                try Task.checkCancellation()
                do {
                    try await workspace.take(try await content(of: message))
                    let folder = if let processed { processed } else { try await processedFolder() }
                    processed = folder
                    _ = try await send(.post, "messages/\(message.id)/move", body: ["destinationId": folder])
                    count += 1
                } catch let error as TransportError where error.kind == .refused {
                    refusal = refusal ?? error
                }
            }
        }
        if let refusal { throw refusal }
        return count
    }

    func wait(atMost seconds: Int) async throws -> Bool { false }

    func close() async {}

    /// The mail as it came; in the place of one that is too large, one that says so.
    private func content(of message: Message) async throws -> [UInt8] {
        do {
            return try await send(.get, "messages/\(message.id)/$value", most: TakeMail.mostBytes).body
        } catch let error as TransportError where error.kind == .tooLarge {
            let subject = (message.subject ?? "").filter { !$0.isNewline }
            return Array(
                "Message-ID: <\(message.id)>\r\nSubject: \(subject)\r\n\r\nThis mail is too large; it lies in \(mailbox.processed).\r\n"
                    .utf8)
        }
    }

    private func processedFolder() async throws -> String {
        let name = mailbox.processed.replacing("'", with: "''")
        let filter = "displayName eq '\(name)'".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let found: List<Folder> = try await get("mailFolders?$filter=\(filter)")
        if let folder = found.value.first { return folder.id }
        let made = try await send(.post, "mailFolders", body: ["displayName": mailbox.processed])
        return try decode(Folder.self, made.body).id
    }

    // MARK: Requests

    private func get<Answer: Decodable>(_ path: String) async throws -> Answer {
        try decode(Answer.self, try await send(.get, path).body)
    }

    private func decode<Answer: Decodable>(_ type: Answer.Type, _ body: [UInt8]) throws -> Answer {
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch {
            throw TransportError(.broken, "Microsoft Graph answers with something that is not documented")
        }
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: [String: String]? = nil, most: Int = 4 << 20
    ) async throws -> HTTPResponse {
        let token = try await tokens.token()
        let user = mailbox.user.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? mailbox.user
        var headers = [("Authorization", "Bearer " + token)]
        // Identifiers then stay the same when a message is moved.
        headers.append(("Prefer", "IdType=\"ImmutableId\""))
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let response = try await transport.send(
            HTTPRequest(
                method, url: "\(mailbox.url)/users/\(user)/\(path)", headers: headers.map { (name: $0.0, value: $0.1) },
                body: try body.map { [UInt8](try JSONEncoder().encode($0)) }, maximumBytes: most,
                timeout: Self.timeout, authorities: mailbox.authorities, privateNetworks: .allowed))
        guard (200..<300).contains(response.status) else {
            if response.status == 401 { await tokens.discard(token) }
            throw Self.refusal(response)
        }
        return response
    }

    /// Why Graph does not do what it is asked for, in its own words.
    private static func refusal(_ response: HTTPResponse) -> TransportError {
        struct Body: Decodable {
            struct Reason: Decodable {
                let code: String
                let message: String?
            }
            let error: Reason
        }
        let reason = try? JSONDecoder().decode(Body.self, from: Data(response.body)).error
        let words = reason.map { ": \($0.code) \($0.message ?? "")" } ?? ""
        let kind: TransportError.Kind =
            switch response.status {
            case 401, 403: .authentication
            case 429, 503: .deferred
            default: .refused
            }
        return TransportError(
            kind, status: response.status, retryAfter: response.retryAfter,
            "Microsoft Graph answered \(response.status)\(words.prefix(300).filter { !$0.isNewline })")
    }
}
