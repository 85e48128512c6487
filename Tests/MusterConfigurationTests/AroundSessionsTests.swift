import Foundation
import MusterModel
import MusterTestSupport
import Testing

@testable import MusterConfiguration

@Suite struct `Polls and resources in the config` {
    private let files: ProgrammeFiles
    private static let poll = """
        poll: areas
        question: Which?
        choices: [Reading, { id: maths, text: Mathematics }]
        partnership: tamar
        ask: { roles: [reviewer, head] }
        open: 2026-11-24 to 2026-12-11
        """

    init() throws { files = try ProgrammeFiles() }

    private func load() -> ProgrammeLoader.Result { ProgrammeLoader(directory: files.config).load() }

    private func problems(_ file: String, _ text: String) throws -> String {
        try files.folder.write(text, to: "config/programme/\(file)")
        return load().diagnostics.filter { $0.location.file.hasSuffix(file) }.map(\.description).joined(separator: "\n")
    }

    @Test func `are read with everything that they say`() throws {
        try files.folder.write(Self.poll, to: "config/programme/polls/areas.yaml")
        try files.folder.write("text", to: "config/programme/resources/a.txt")
        try files.folder.write(
            """
            resources:
              - { title: Handbook, file: a.txt }
              - { title: Page, link: https://x.example/a, stages: review, roles: [lead], themes: [Reading], note: n }
            """, to: "config/programme/resources/all.yaml")
        let result = load()
        #expect(result.diagnostics.filter { $0.severity == .error } == [])
        let poll = try #require(result.programme.poll("areas"))
        #expect(
            poll.choices.map(\.id) == ["reading", "maths"] && poll.choices.map(\.text) == ["Reading", "Mathematics"])
        #expect(
            poll.people == ["a.marsh", "j.patel", "k.o", "s.ellis"] && poll.mostChoices == 1 && poll.title == "areas")
        let resources = result.programme.resources
        #expect(resources.map(\.title) == ["Handbook", "Page"] && resources[0].place == .file("a.txt"))
        #expect(resources[1].themes == ["reading"] && resources[1].stages == ["review"])
        let programme = result.programme
        #expect(programme.resources(for: "spring/900001/review", role: "lead").map(\.title) == ["Handbook", "Page"])
        for (session, role) in [
            ("spring/900001/review", "host"), ("spring/900001/workshop", "lead"), ("spring/900001/pre-review", "lead"),
        ] {
            #expect(programme.resources(for: SessionID(session), role: role).map(\.title) == ["Handbook"])
        }
        #expect(programme.resources(for: "other/900001/review", role: "lead").isEmpty)
    }

    @Test(arguments: [
        ("{ roles: [reviewer, lead], regions: [North West] }", ["k.o"]),
        ("{ regions: [North West] }", ["k.o", "m.khan"]),
        ("{ partnerships: tamar, roles: head }", ["a.marsh", "s.ellis"]),
        ("{ partnerships: tamar, regions: South West }", ["a.marsh", "j.patel", "s.ellis"]),
    ])
    func `are for those of roles, regions and partnerships`(asked: String, people: [PersonID]) throws {
        let text = Self.poll.replacing("{ roles: [reviewer, head] }", with: asked).replacing(
            "partnership: tamar\n", with: "")
        try files.folder.write(text, to: "config/programme/polls/areas.yaml")
        let programme = load().programme
        #expect(try #require(programme.poll("areas")).people.sorted() == people)
    }

    @Test(arguments: [
        ("ask: { roles: [reviewer, head] }", "ask: { regions: [North Wset] }", "did you mean \"North West\""),
        ("ask: { roles: [reviewer, head] }", "ask: { partnerships: [x] }", "there is no partnership \"x\""),
        ("choices: [Reading, { id: maths, text: Mathematics }]", "choices: [Reading]", "between 2 and 30 choices"),
        ("choices: [Reading, { id: maths, text: Mathematics }]", "choices: []", "between 2 and 30 choices"),
        ("choices: [Reading,", "choices: [Reading, reading,", "is a choice already"),
        ("partnership: tamar", "partnership: tamer", "did you mean \"tamar\""),
        ("2026-11-24 to 2026-12-11", "2026-12-11 to 2026-11-24", "lies before"),
        ("question: Which?", "question: Which?\nchoose: 3", "from 1 to 2"),
        ("question: Which?", "questoin: Which?", "did you mean \"question\""),
        ("ask: { roles: [reviewer, head] }", "ask: [nobody]", "there is no person \"nobody\""),
        ("ask: { roles: [reviewer, head] }", "ask: { roles: [caretaker] }", "nobody is asked"),
        ("ask: { roles: [reviewer, head] }", "choose: any\nuse: theme", "a host has one theme"),
        ("ask: { roles: [reviewer, head] }", "ask: { file: ../../people.csv }", "stands in the programme's folder"),
    ])
    func `say what is wrong with a poll`(old: String, new: String, words: String) throws {
        let text = Self.poll.replacing(old, with: new)
        #expect(text != Self.poll)
        #expect(try problems("polls/areas.yaml", text).contains(words))
    }

    @Test(arguments: [
        ("link: javascript:alert(1)", "should be an address"), ("link: \"https://u:p@x.example\"", "a password"),
        ("file: ../people.csv", "a plain name"), ("file: /etc/passwd", "a plain name"),
        ("file: .hidden", "a plain name"),
        ("file: none.pdf", "there is no file none.pdf"), ("file: folder", "there is no file folder"),
        ("file: large.pdf", "larger than 20 MB"), ("note: n", "write one of them"),
        ("file: a.txt, link: https://x.example", "write one of them"),
        ("file: a.txt, themes: [readin]", "no host has the theme \"readin\"; did you mean \"reading\""),
        ("file: a.txt, stages: [reviews]", "no cycle has the stage \"reviews\"; did you mean \"review\""),
        ("file: a.txt, roles: [leader]", "no cycle has the role \"leader\"; did you mean \"lead\""),
    ])
    func `say what is wrong with a resource`(fields: String, words: String) throws {
        let folder = files.config + "/programme/resources"
        try FileManager.default.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
        try files.folder.write("text", to: "config/programme/resources/a.txt")
        _ = FileManager.default.createFile(atPath: folder + "/large.pdf", contents: nil)
        let handle = try #require(FileHandle(forWritingAtPath: folder + "/large.pdf"))
        try handle.truncate(atOffset: 1 << 30)
        try handle.close()
        let found = try problems("resources/all.yaml", "resources:\n  - { title: T, \(fields) }\n")
        #expect(found.contains(words), "\(found)")
    }

    @Test func `give each poll a file and an id of its own`() throws {
        try files.folder.write(Self.poll, to: "config/programme/polls/a.yaml")
        #expect(try problems("polls/b.yaml", Self.poll).contains("a second poll \"areas\""))
    }
}
