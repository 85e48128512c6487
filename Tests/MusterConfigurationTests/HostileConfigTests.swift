import Foundation
import MusterTestSupport
import Testing

@testable import MusterConfiguration

@Suite struct `A config that a stranger wrote` {
    private static let files = [
        "muster.yaml", "programme/schools.csv", "programme/people.csv", "programme/terms/county.yaml",
        "programme/terms/bank-holidays.json", "programme/partnerships/tamar.yaml", "programme/cycles/spring.yaml",
    ]

    @Test(arguments: files)
    func `is read or refused, file by file, and never ends the program`(file: String) throws {
        let files = try ProgrammeFiles(
            operator: """
                mail: { transport: smtp, smtp: { host: h.example, port: 587, rate: 30 per minute, timeout: 60 } }
                calendars: { timeout: 30, refresh-hours: 4, logins: [{ host: c.example, user: u, password: file:/x }] }
                webhooks: [{ id: a, url: https://x.example, secrets: file:/s, rate: 60 per minute }]
                feeds: { listen: 127.0.0.1:9618 }
                """)
        let text = try String(contentsOfFile: files.config + "/" + file, encoding: .utf8)
        for bytes in Mutations(of: [text], count: 150, seed: UInt64(file.utf8.count)) {
            try files.folder.write(Data(bytes), to: "config/" + file)
            let result = ProgrammeLoader(directory: files.config).load()
            for diagnostic in result.diagnostics {
                #expect(!diagnostic.message.isEmpty && !diagnostic.location.file.isEmpty)
            }
        }
    }

    @Test(arguments: [
        (1...16).reduce("a0: &a0 [x, x, x]\n") { $0 + "a\($1): &a\($1) [*a\($1 - 1), *a\($1 - 1), *a\($1 - 1)]\n" }
            + "? *a16\n: 1\n",
        "a: &a [x]\nb: { *a : 1 }\n", "hosts:\n  - ? [a, b]\n    : c\n",
    ])
    func `has no key that takes for ever to compare`(text: String) throws {
        let files = try ProgrammeFiles()
        try files.folder.write(text, to: "config/programme/cycles/other.yaml")
        let errors = ProgrammeLoader(directory: files.config).load().diagnostics.map(\.description)
        #expect(errors.contains { $0.contains("other.yaml") && $0.contains("a key is a word") }, "\(errors)")
    }

    @Test func `may ask a question, and use an alias as a value`() throws {
        let files = try ProgrammeFiles()
        try files.replace(
            "hosts:\n", with: "alarms: &alarms [15]\nname: Who, ? and what, *all : Who? * What? *all\nhosts:\n",
            in: "programme/cycles/spring.yaml")
        let errors = ProgrammeLoader(directory: files.config).load().diagnostics.map(\.description)
        #expect(!errors.contains { $0.contains("a key is a word") }, "\(errors)")
    }
}
