import CivilTime
import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterStore

@Suite struct `What was sent and is forgotten` {
    @Test func `is counted all the same, whatever made it go`() throws {
        let folder = try TemporaryDirectory()
        let store = try Store(directory: folder.path)
        let now = Instant(seconds: 1_795_000_000)
        let messages = (1...5).map { number in
            OutboxMessage(
                messageID: "\(number)", destination: OutboxMessage.mail,
                topic: number < 4 ? .digest : .notice, reason: "", recipient: "a@b.example",
                sender: "r@x.example", subject: "", content: [1], due: now, created: now)
        }
        try store.enqueue(messages)
        let claimed = try store.recordAndClaim([], of: Destination(name: OutboxMessage.mail), claiming: 10, at: now)
        let results = claimed.map { message in
            DeliveryResult(message.messageID == "5" ? .dead(error: "no") : .delivered, of: message.number)
        }
        _ = try store.recordAndClaim(results, of: Destination(name: OutboxMessage.mail), claiming: 0, at: now)
        #expect(try store.forgottenMessages().isEmpty)
        let later = now + 86_400
        _ = try store.purge(past: later, contents: later, copies: later)
        #expect(try store.outboxStatistics().isEmpty)
        #expect(
            try store.forgottenMessages().map { "\($0.kind) \($0.state) \($0.count)" }
                == ["digest delivered 3", "notice dead 1", "notice delivered 1"])
    }
}
