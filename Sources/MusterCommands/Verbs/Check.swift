import ArgumentParser
import Foundation
import MusterConfiguration
import MusterDaemon
import MusterModel
import MusterOperations

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find every mistake in the config.",
        discussion: "Exit code 0: nothing to mend; 1: warnings only, with --strict; 78: errors.")

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Exit with 1 where there are warnings.")
    var strict = false

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Read every secret that the config names, and say which cannot be had.")
    var secrets = false

    @Flag(help: "Ask every address of programme/resources, and say which do not answer.")
    var links = false

    @Flag(help: "Write the diagnostics as JSON.")
    var json = false

    private var config: String { options.folder }

    func run() async throws {
        let check = ConfigCheck(config: config)
        let missing = secrets ? check.missingSecrets.map { secretDiagnostic($0) } : []
        let broken = links ? await check.brokenLinks() : []
        let diagnostics = check.diagnostics + missing + broken
        let errors = diagnostics.filter { $0.severity == .error }.count
        let warnings = diagnostics.count - errors
        if json {
            try Console.json(diagnostics)
        } else {
            for diagnostic in diagnostics.forReading where !quiet || diagnostic.severity == .error {
                Console.line(diagnostic.description)
            }
            if !quiet { Console.line(summary(check, errors: errors, warnings: warnings)) }
        }
        if errors > 0 { throw ExitCode(78) }
        if warnings > 0, strict { throw ExitCode(1) }
    }

    private func secretDiagnostic(_ sentence: String) -> Diagnostic {
        Diagnostic(.error, at: Diagnostic.Location(file: config + "/muster.yaml"), sentence)
    }

    private func summary(_ check: ConfigCheck, errors: Int, warnings: Int) -> String {
        let programme = check.programme
        let what = [
            Wording.count(programme.partnerships.count, "partnership"),
            Wording.count(programme.schools.count, "school"),
            Wording.count(programme.people.count, "person"), Wording.count(programme.cycles.count, "cycle"),
            Wording.count(programme.calendars.count, "calendar"),
        ].joined(separator: " · ")
        if errors > 0 { return "\(config): \(Wording.count(errors, "error")), \(Wording.count(warnings, "warning"))" }
        return "\(config): \(what) · no error\(warnings > 0 ? ", " + Wording.count(warnings, "warning") : "")"
    }
}
