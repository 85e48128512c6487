import CivilTime
import StandardWebhooks
import Testing

@Suite struct `A webhook's signature` {
    private let text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private let time = Instant(seconds: 1_614_265_330)
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func secret(_ text: String) throws -> WebhookSecret { try #require(WebhookSecret(text)) }

    private func received(_ signatures: String?, id: String? = nil, timestamp: String? = nil) -> WebhookSignature? {
        let headers = [
            "webhook-id": id ?? self.id, "webhook-timestamp": timestamp ?? "1614265330",
            "webhook-signature": signatures,
        ]
        return WebhookSignature { headers[$0] ?? nil }
    }

    @Test func `is the published one for the published example`() throws {
        let signature = WebhookSignature(id: id, at: time, body: body, secrets: [try secret(text)])
        #expect(signature.signatures == published)
        #expect(signature.headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(signature.headers.map(\.value) == [id, "1614265330", published])
    }

    @Test func `holds one for each secret while one takes the place of another, and either is enough`() throws {
        let other = try secret("C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        let both = WebhookSignature(id: id, at: time, body: body, secrets: [other, try secret(text)])
        #expect(both.signatures.split(separator: " ").count == 2)
        #expect(both.isValid(for: body, secrets: [other], at: time))
        #expect(both.isValid(for: body, secrets: [try secret(text)], at: time))
        #expect(!both.isValid(for: body, secrets: [try secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")], at: time))
    }

    @Test func `is found among others of other versions`() throws {
        let list = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,\(published.dropFirst(3)) \(published)"
        #expect(received(list)?.isValid(for: body, secrets: [try secret(text)], at: time) == true)
    }

    @Test(arguments: [
        "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,",
        "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1,g0hM9SsE", "",
    ])
    func `is refused where it is not ours`(signatures: String) throws {
        #expect(received(signatures)?.isValid(for: body, secrets: [try secret(text)], at: time) != true)
    }

    @Test func `is refused for another body, another id, or a time too far from ours`() throws {
        let ours = try #require(received(published))
        #expect(!ours.isValid(for: body + [0x20], secrets: [try secret(text)], at: time))
        #expect(
            received(published, id: "msg_other")?.isValid(for: body, secrets: [try secret(text)], at: time) == false)
        for (seconds, isValid) in [(300, true), (-300, true), (301, false), (-301, false)] {
            #expect(ours.isValid(for: body, secrets: [try secret(text)], at: time + seconds) == isValid)
        }
        #expect(received(nil) == nil && received(published, timestamp: "hello") == nil)
    }

    @Test(arguments: ["", "whsec_", "whsec_short", "whsec_****", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"])
    func `needs a secret of 24 to 64 bytes`(text: String) { #expect(WebhookSecret(text) == nil) }
}
