import CivilTime
import Foundation
import MusterConfiguration
import MusterModel
import MusterTestSupport
import Testing

@Suite struct `Beginning a programme and the next cycle` {
    private func start(on day: String) throws -> (folder: TemporaryDirectory, config: String) {
        let folder = try TemporaryDirectory()
        for (path, text) in StarterProgramme(on: try #require(CivilDate(iso: day))).files {
            try folder.write(text, to: "config/" + path)
        }
        return (folder, folder.path + "/config")
    }

    @Test(
        arguments: (1...12).map { "2027-\($0 < 10 ? "0" : "")\($0)-20" } + ["2028-02-29", "2027-08-01", "2027-07-31"])
    func `writes a programme whose season lies ahead, on any day of the year`(day: String) throws {
        let (folder, config) = try start(on: day)
        let result = ProgrammeLoader(directory: config).load()
        let warnings = result.diagnostics.filter { !$0.message.contains("bank holidays") }
        #expect(!result.hasErrors && warnings.allSatisfy { $0.message.contains("without a calendar") }, "\(warnings)")
        let cycle = try #require(result.programme.cycles.first)
        let today = try #require(CivilDate(iso: day))
        #expect(cycle.dates.lowerBound > today && cycle.dates.upperBound - cycle.dates.lowerBound > 60)
        let days = try #require(result.programme.schools.first?.days)
        #expect(cycle.dates.count { days.kind(of: $0) == .open } > 40)
        withExtendedLifetime(folder) {}
    }

    @Test func `makes the next cycle of an earlier one: the others host, the rest stays, the dates are asked for`()
        throws
    {
        let (folder, config) = try start(on: "2026-11-24")
        let draft = try CycleDraft("second", after: "first", config: config)
        #expect(draft.hosts.map(\.id) == ["900003", "900004"])
        try folder.write(draft.text, to: "config/programme/cycles/second.yaml")
        let asked = ProgrammeLoader(directory: config).load()
        let errors = asked.diagnostics.filter { $0.severity == .error }
        #expect(errors.count == 1 && errors[0].message.contains("dates"), "\(errors)")
        let dates = draft.text.replacing(/dates: #.*/, with: "dates: 2027-04-19 to 2027-07-09")
        try folder.write(dates, to: "config/programme/cycles/second.yaml")
        let result = ProgrammeLoader(directory: config).load()
        #expect(!result.hasErrors, "\(result.diagnostics)")
        let (first, second) = (try #require(result.programme.cycles.first), try #require(result.programme.cycles.last))
        #expect(second.stages.map(\.id) == first.stages.map(\.id) && second.team == first.team)
        let third = try CycleDraft("third", after: "second", config: config)
        #expect(third.hosts.map(\.id) == ["900001", "900002"])
    }

    @Test func `keeps the comments of a long file, and forgets only what belongs to its season`() throws {
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../config").path
        let cycle = "tamar-valley-spring-2027"
        let draft = try CycleDraft("autumn", after: CycleID(cycle), config: example)
        let source = try String(contentsOfFile: "\(example)/programme/cycles/\(cycle).yaml", encoding: .utf8)
        let kept = Set(draft.text.split(separator: "\n"))
        let lost = source.split(separator: "\n").filter { !kept.contains($0) }
        #expect(lost.allSatisfy { $0.contains("20") || $0.hasPrefix("  ") }, "\(lost)")
        #expect(draft.text.contains("# since the stage before") && draft.text.contains("training:  "))
        #expect(!draft.text.contains("dates: 2027"))
    }

    @Test(arguments: [("first", "first"), ("second", "frist")])
    func `says why there can be no such cycle`(name: String, earlier: String) throws {
        let (folder, config) = try start(on: "2026-11-24")
        #expect(throws: CycleDraft.Failure.self) {
            try CycleDraft(CycleID(name), after: CycleID(earlier), config: config)
        }
        withExtendedLifetime(folder) {}
    }
}
