import MaildirTransport
import MusterTestSupport
import Testing
import Transport

@Suite struct `The Maildir` {
    @Test func `holds a mail once, however often it is sent`() async throws {
        let folder = try TemporaryDirectory()
        let transport = MaildirTransport(directory: folder.path + "/mail")
        let envelope = MailEnvelope(
            sender: "a@b.example", recipient: "c@d.example", identifier: "1@b.example",
            message: Array("Subject: x\r\n\r\nhello\r\n".utf8))
        try await transport.send(envelope)
        try await transport.send(envelope)
        #expect(folder.names(in: "mail/new") == ["1@b.example"])
        #expect(folder.names(in: "mail/tmp").isEmpty)
    }

    @Test func `says why a mail cannot be written`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("a file", to: "mail")
        let transport = MaildirTransport(directory: folder.path + "/mail")
        let envelope = MailEnvelope(sender: "a@b.example", recipient: "c@d.example", identifier: "../../x", message: [])
        await #expect(throws: TransportError.self) { try await transport.send(envelope) }
    }
}
