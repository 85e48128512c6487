import MusterConfiguration
import MusterDelivery
import MusterModel

/// The config, read and checked in every way that needs no state and no network.
public struct ConfigCheck {
    /// What the operator wrote, with paths that begin nowhere but at the root.
    public let configuration: Configuration
    /// What the coordinators wrote.
    public let programme: Programme
    /// What is to be said about it.
    public let diagnostics: [Diagnostic]
    let templates: MessageTemplates?
    /// The config folder.
    let directory: String

    /// Reads and checks a config folder.
    ///
    /// - Parameters:
    ///   - place: the folder of which this is a copy; nil for none.
    ///   - warns: whether the programme as a whole is also looked at for what can be lived with.
    public init(config: String, copyOf place: String? = nil, warns: Bool = true) {
        directory = config
        let result = ProgrammeLoader(directory: config, place: place).load(warns: warns)
        var diagnostics = result.diagnostics
        configuration = result.configuration.resolvingPaths { Workspace.path($0, from: place ?? config) }
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
        if let warning = Self.deadEnd(result.configuration) {
            diagnostics.append(Diagnostic(.warning, at: Diagnostic.Location(file: config + "/muster.yaml"), warning))
        }
        if let warning = Self.swallowedAnswers(result.configuration) {
            diagnostics.append(Diagnostic(.warning, at: Diagnostic.Location(file: config + "/muster.yaml"), warning))
        }
        self.diagnostics = diagnostics
    }

    /// The mistakes that have to be mended before anything is done.
    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    /// Why secrets that the config names cannot be had from here, each as a sentence.
    public var missingSecrets: [String] { Secrets.failures(of: configuration, isUnit: true) }

    /// Why answers may never arrive as mails: between two Google calendars they stay inside Google.
    private static func swallowedAnswers(_ configuration: Configuration) -> String? {
        let address = configuration.organiser.address.lowercased()
        var isGoogle = address.hasSuffix("@gmail.com") || address.hasSuffix("@googlemail.com")
        if case .smtp(let smtp) = configuration.mail {
            isGoogle = isGoogle || ["smtp.gmail.com", "smtp-relay.gmail.com"].contains(smtp.host)
            if case .google = smtp.proof { isGoogle = true }
        }
        guard isGoogle else { return nil }
        return
            "the organiser's mailbox is Google's: answers from people with Google Calendar stay inside Google and never arrive, unless Calendar is off for that account; prove it with muster send-test ADDRESS --wait"
    }

    /// Why nobody would get a mail, or could answer one.
    private static func deadEnd(_ configuration: Configuration) -> String? {
        guard !configuration.organiser.address.isEmpty else { return nil }
        if case .maildir = configuration.mail {
            return "mails go into a folder and to nobody (mail: transport: maildir); write transport: smtp to send them"
        }
        let domain = configuration.organiser.address.lowercased().split(separator: "@").last.map(String.init) ?? ""
        let end = domain.split(separator: ".").suffix(2).joined(separator: ".")
        let reserved = ["example", "test", "invalid", "localhost", "example.com", "example.org", "example.net"]
        guard reserved.contains(end) || reserved.contains(String(end.split(separator: ".").last ?? "")) else {
            return nil
        }
        return
            "nobody can have the organiser's address \(configuration.organiser.address): its domain is kept for examples; write your mailbox"
    }
}
