import CivilTime
import Foundation
import MusterDelivery
import MusterModel
import MusterStore
import StandardWebhooks
import Synchronization
import Testing
import Transport

/// A web server that answers with a status.
private final class TestServer: HTTPTransport {
    private let state: Mutex<(requests: [HTTPRequest], response: HTTPResponse)>

    init(_ status: Int, head: String = "") {
        state = Mutex(([], HTTPResponse(status: status, head: Array(head.utf8))))
    }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        state.withLock { state in
            state.requests.append(request)
            return state.response
        }
    }
}

@Suite struct `A webhook` {
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func endpoint(
        _ format: WebhookFormat = .standard, events: [String] = []
    ) throws -> WebhookEndpoint {
        WebhookEndpoint(
            id: "hook", url: "https://hooks.example/muster", secrets: [try #require(WebhookSecret(secret))],
            format: format, events: events, owner: "owner@school.example")
    }

    private func kinds(_ messages: [OutboxMessage]) -> [String] {
        messages.filter { $0.kind == .event }.map(\.reason)
    }

    private func json(_ message: OutboxMessage) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(message.content)) as? [String: Any])
    }

    @Test func `tells of everything that is published, with the change that causes it`() throws {
        let world = try World(endpoints: [try endpoint()])
        #expect(kinds(try world.publish([session()])) == ["session.scheduled", "plan.published"])
        #expect(kinds(try world.publish([session(start: 1_800_086_400)])) == ["session.moved", "plan.published"])
        #expect(
            kinds(try world.publish([session(["ann"], start: 1_800_086_400)])) == ["session.changed", "plan.published"])
        #expect(kinds(try world.publish([])) == ["session.cancelled", "plan.published"])
    }

    @Test func `is thin: ids, times and parts, never a name or an address`() throws {
        let world = try World(endpoints: [try endpoint()])
        try world.publish([session()])
        let moved = try #require(
            try world.publish([session(start: 1_800_086_400)]).first { $0.reason == "session.moved" })
        let body = try json(moved)
        let data = try #require(body["data"] as? [String: Any])
        #expect(body["type"] as? String == "session.moved" && (body["timestamp"] as? String)?.hasSuffix("Z") == true)
        #expect(data["previousStart"] as? String == "2027-01-15T08:00:00Z" && data["sequence"] as? Int == 1)
        let text = String(decoding: moved.content, as: UTF8.self)
        #expect(text.contains("\"ann\"") && !text.contains("Ann") && !text.contains("@school"))
        #expect(moved.content.count < 20_000)
    }

    @Test func `goes only where it is wanted`() throws {
        let world = try World(endpoints: [try endpoint(events: ["session.moved", "calendar.*"])])
        #expect(kinds(try world.publish([session()])).isEmpty)
        #expect(kinds(try world.publish([session(start: 1_800_086_400)])) == ["session.moved"])
    }

    @Test func `is signed anew for each attempt, under the same id, and asks for nothing but an answer`() async throws {
        let world = try World(endpoints: [try endpoint()])
        let message = try #require(try world.publish([session()]).first { $0.kind == .event })
        let server = TestServer(204)
        let courier = WebhookChannel(endpoint: try endpoint(), transport: server)
        try await courier.deliver(message, over: 0, at: Instant(seconds: 1_800_000_000), once: .given)
        try await courier.deliver(message, over: 0, at: Instant(seconds: 1_800_000_300), once: .given)
        let signatures = server.requests.compactMap { request in
            WebhookSignature { name in request.headers.first { $0.name == name }?.value }
        }
        #expect(Set(signatures.map(\.id)) == [message.messageID] && !message.messageID.contains("."))
        #expect(signatures.map(\.timestamp.seconds) == [1_800_000_000, 1_800_000_300])
        let ours = try #require(WebhookSecret(secret))
        #expect(signatures.allSatisfy { $0.isValid(for: message.content, secrets: [ours], at: $0.timestamp) })
        #expect(server.requests.allSatisfy { $0.body == message.content })
        guard case .refused = try #require(server.requests.first).privateNetworks else {
            Issue.record("a private network is allowed")
            return
        }
    }

    @Test(arguments: [
        (301, TransportError.Kind.deferred), (400, .deferred), (410, .gone), (429, .deferred), (500, .deferred),
    ])
    func `counts as taken by an answer of 2xx alone`(status: Int, kind: TransportError.Kind) async throws {
        let world = try World(endpoints: [try endpoint()])
        let message = try #require(try world.publish([session()]).first { $0.kind == .event })
        let courier = WebhookChannel(
            endpoint: try endpoint(), transport: TestServer(status, head: "Retry-After: 120\r\n"))
        let error = await #expect(throws: TransportError.self) {
            try await courier.deliver(message, over: 0, at: world.now, once: .given)
        }
        #expect(error?.kind == kind && error?.status == status)
        if status >= 429 { #expect(error?.retryAfter == 120) }
    }

    @Test func `is a card for Teams, with the attachments without which its flow fails`() throws {
        let world = try World(endpoints: [try endpoint(.teams)])
        let body = try json(try #require(try world.publish([session()]).first { $0.reason == "session.scheduled" }))
        let card = try #require((body["attachments"] as? [[String: Any]])?.first)
        let content = try #require(card["content"] as? [String: Any])
        #expect(body["type"] as? String == "message")
        #expect(card["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        #expect(content["$schema"] != nil && content["version"] as? String == "1.4")
        #expect((content["body"] as? [[String: Any]])?.count == 2)
    }

    @Test func `calls nobody in Slack, and is a card in Google Chat`() throws {
        var details = session()
        details.host = "<!channel> & Sons"
        let slack = try World(endpoints: [try endpoint(.slack)])
        let message = try json(try #require(try slack.publish([details]).first { $0.reason == "session.scheduled" }))
        #expect(message["text"] as? String == "Review at &lt;!channel&gt; &amp; Sons: scheduled")
        let chat = try World(endpoints: [try endpoint(.googleChat)])
        let card = try json(try #require(try chat.publish([details]).first { $0.reason == "session.scheduled" }))
        #expect(card["text"] != nil && (card["cardsV2"] as? [[String: Any]])?.count == 1)
    }

    @Test(arguments: [WebhookFormat.slack, .googleChat, .teams])
    func `shows in a chat what changed, without names, each fact as long as the chat takes it`(format: WebhookFormat)
        throws
    {
        let world = try World(endpoints: [try endpoint(format)])
        try world.publish([session(host: "Smith & Sons <b>")])
        var changed = session(
            ["ann", "cid"], host: "Smith & Sons <b>", start: 1_800_086_400, link: "https://meet.example/b")
        changed.stage = String(repeating: "&", count: 400)
        let event = try #require(try world.publish([changed]).first { $0.reason == "session.moved" })
        let text = String(decoding: event.content, as: UTF8.self)
        #expect(text.contains("time, people, address to join at and name"), "\(text)")
        #expect(
            text.contains("Fri 15 Jan 2027, 08:00") && !text.contains("Cid") && !text.contains("meet.example"),
            "\(text)")
        #expect(!text.contains(";;") && (format == .slack || !text.contains("&amp;")))
        let longest = text.split(separator: "\"").map(\.utf8.count).max() ?? 0
        #expect(longest < 2000)
        if format == .slack {
            #expect(
                text.split(separator: "\"").allSatisfy {
                    !$0.contains("&") || $0.matches(of: /&(amp|lt|gt);/).count == $0.count { $0 == "&" }
                })
        }
    }

    @Test func `tells of reminders that were sent and mails that failed, and its owner that it was given up`() throws {
        let world = try World(endpoints: [try endpoint()])
        let notifier = DeliveryNotifier(webhooks: world.webhooks, notices: world.notices)
        let mail = try #require(try world.publish([session()]).first { $0.kind == .invitation })
        var reminder = mail
        reminder.topic = .reminder(mail.session)
        func kinds(_ outcome: DeliveryOutcome, _ message: OutboxMessage) -> [String] {
            notifier.announcements(after: outcome, of: message, at: world.now).flatMap(\.messages).map(\.reason)
        }
        #expect(kinds(.delivered, reminder) == ["reminder.sent"])
        #expect(kinds(.delivered, mail).isEmpty)
        #expect(kinds(.dead(error: "no such user"), mail) == ["delivery.failed"])
        let event = try #require(
            notifier.announcements(after: .delivered, of: reminder, at: world.now).first?.messages.first)
        #expect(kinds(.dead(error: "500"), event).isEmpty, "what is told of webhooks would go round in circles")
        var state = Destination(name: "hook")
        state.lastError = "the endpoint answered with status 500"
        let notice = try #require(notifier.announcements(disabling: state, at: world.now).first?.messages.first)
        #expect(notice.recipient == "owner@school.example" && notice.destination == OutboxMessage.mail)
        let text = String(decoding: notice.content, as: UTF8.self).replacing("=\r\n", with: "")
        #expect(text.contains("muster webhook test hook") && text.contains("status 500"))
    }
}
