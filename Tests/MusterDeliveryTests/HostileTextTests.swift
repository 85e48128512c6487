import CivilTime
import Foundation
import Mail
import MusterDelivery
import MusterModel
import MusterStore
import MusterTestSupport
import StandardWebhooks
import Testing
import Transport

/// What strangers wrote into names and titles, and what the endpoint answers, changed by chance.
@Suite struct `What a stranger wrote into mails and webhooks` {
    private static let names = [
        "Ann Marsh", "O'Neill \"Kerry\"", "Ysgol Bryn Ŵyn", "<b>Ann</b>", "{{subject}} {{{opening}}}",
        "a\r\nBcc: x@evil.example",
        "=?utf-8?Q?Ann?=", "Ann & Co; =cmd|' /C calc'!A0", "\u{202E}nnA",
    ]

    private func details(_ text: String) -> SessionDetails {
        var details = session(["ann", "ben"], host: text, question: text)
        details.purpose = text
        details.checklist = [text]
        details.partnership = text
        details.cycle = text
        details.participants[1].name = text
        details.participants[1].school = text
        details.place = text
        return details
    }

    /// How often the marks of markup stand in the HTML of a mail.
    private func marks(_ mail: MailEntity) throws -> [Int] {
        let html = try #require(mail.leaves.first { $0.header.contentType.value == "text/html" })
        return ["<", ">", "\""].map { mark in html.text.utf8.count { $0 == mark.utf8.first } }
    }

    private func mails(_ text: String) async throws -> [MailEntity] {
        let world = try World()
        try world.publish([details(text)])
        return try world.store.messages([.due]).map { try MailReader().read($0.content).mail }
    }

    @Test func `is text in the mail, and nothing else`() async throws {
        let plain = try await mails("x").map(marks)
        var seen = 0
        for bytes in Mutations(of: Self.names, count: 60, seed: 21) {
            // What is left out where there is nothing to say is another mail.
            let text = "x" + String(decoding: bytes, as: UTF8.self)
            for (mail, expected) in zip(try await mails(text), plain) {
                #expect(try marks(mail) == expected, "\(text.debugDescription)")
                let names = mail.header.fields.map { $0.name.lowercased() }
                #expect(!names.contains("bcc") && names.count { $0 == "subject" } == 1, "\(text.debugDescription)")
                #expect(mail.calendarParts.count == 1, "the calendar part is whole: \(text.debugDescription)")
                seen += 1
            }
        }
        #expect(seen >= 120)
    }

    /// An endpoint that answers with whatever it is given.
    private struct Endpoint: HTTPTransport {
        let response: HTTPResponse

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { response }
    }

    @Test func `and whatever the endpoint answers, is tried again later or given up`() async throws {
        let heads = [
            "HTTP/1.1 503 x\r\nRetry-After: 120\r\nLocation: http://127.0.0.1/\r\n\r\n",
            "HTTP/2 429\nretry-after: Wed, 21 Oct 2099 07:28:00 GMT\n",
            "HTTP/1.1 302\r\nLocation: file:///etc/passwd\r\n",
        ]
        let endpoint = WebhookEndpoint(id: "hook", url: "https://hooks.example", owner: "o@school.example")
        let message = OutboxMessage(
            messageID: "msg_1", destination: "hook", topic: .event(), reason: "x", recipient: "hook", subject: "",
            content: Array("{}".utf8), due: Instant(seconds: 0), created: Instant(seconds: 0))
        var random = SeededGenerator(seed: 22)
        var (taken, refused) = (0, 0)
        for bytes in Mutations(of: heads, count: 5000, seed: 23) {
            let status =
                [0, 100, 200, 204, 299, 302, 404, 410, 429, 503, 999, -1, .max].randomElement(using: &random) ?? 0
            let response = HTTPResponse(status: status, head: bytes, body: bytes)
            let channel = WebhookChannel(endpoint: endpoint, transport: Endpoint(response: response))
            do throws(TransportError) {
                try await channel.deliver(message, over: 0, at: Instant(seconds: 0), once: .given)
                taken += 1
                #expect((200...299).contains(status))
            } catch {
                refused += 1
                #expect(error.kind == (status == 410 ? .gone : .deferred))
                #expect((0...86_400).contains(error.retryAfter ?? 0))
                #expect(!error.description.contains { $0.isNewline }, "\(error)")
            }
        }
        #expect(taken > 500 && refused > 2000)
    }
}
