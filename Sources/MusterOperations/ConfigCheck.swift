import MusterConfiguration
import MusterDelivery
import MusterModel

/// The config, read and checked in every way that needs no state and no network.
public struct ConfigCheck {
    /// What the operator wrote.
    public let configuration: Configuration
    /// What the coordinators wrote.
    public let programme: Programme
    /// Everything that is to be said about it.
    public let diagnostics: [Diagnostic]
    let templates: MessageTemplates?

    /// Reads and checks a config folder.
    public init(config: String) {
        let result = ProgrammeLoader(directory: config).load()
        var diagnostics = result.diagnostics
        configuration = result.configuration
        programme = result.programme
        do {
            templates = try MessageTemplates(directory: config + "/templates")
        } catch {
            templates = nil
            diagnostics.append(
                Diagnostic(.error, at: Diagnostic.Location(file: error.file, line: error.line), error.description))
        }
        let organiser = result.configuration.organiser.address.lowercased()
        if let person = result.programme.people.first(where: { $0.address.lowercased() == organiser }) {
            diagnostics.append(
                Diagnostic(
                    .error, at: Diagnostic.Location(file: config + "/muster.yaml"),
                    "the organiser's address is that of \(person.id); calendars refuse invitations from oneself, so use a mailbox of its own"
                ))
        }
        self.diagnostics = diagnostics
    }
}
