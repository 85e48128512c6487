import Foundation
import MusterTestSupport
import Testing

@Suite struct `Mail with a token` {
    @Test func `is sent as Microsoft 365 wants it: one token for all, a new one where it is refused`() throws {
        let sinks = try Sinks(seed: 1)
        try sinks.folder.write("s3cret\n", to: "secret")
        let files = try ProgrammeFiles(
            operator: """
                mail:
                  transport: smtp
                  smtp:
                    host: localhost
                    port: \(sinks.tokenMailPort)
                    security: tls
                    authorities: \(sinks.authorities)
                    user: reviews@example.test
                    microsoft365:
                      tenant: school.example
                      client: 1234
                      secret: file:\(sinks.folder.path)/secret
                      token-url: http://127.0.0.1:\(sinks.webPort)/token
                """)
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        try sinks.misbehave(["revoked": 100])
        let refused = try muster("send")
        #expect(refused.status == 75 && refused.output.contains("user or password was refused"), "\(refused.output)")
        #expect(try sinks.entries.isEmpty && !refused.output.contains("token-"))
        try sinks.misbehave([:])
        let sent = try muster("send")
        #expect(
            sent.status == 0 && sent.output.contains("8 mails delivered"),
            "\(sent.output) \(sent.errors) \(sinks.errors)")
        #expect(sinks.tokensGiven == 2, "one for each run of the program")
    }

    @Test func `reaches an address in any script where the server takes it`() throws {
        let sinks = try Sinks(seed: 1)
        let files = try ProgrammeFiles(
            operator: """
                mail:
                  transport: smtp
                  smtp: { host: 127.0.0.1, port: \(sinks.mailPort), security: none }
                """)
        try files.replace("s.ellis@example.test", with: "siân.ellis@example.test", in: "programme/people.csv")
        let muster = MusterProgram(files: files)
        #expect(try muster("apply").status == 0)
        #expect(try muster("send").status == 0)
        #expect(try sinks.entries.contains { $0.recipient == "siân.ellis@example.test" })
    }
}
