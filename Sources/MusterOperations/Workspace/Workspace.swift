import CivilTime
import Foundation
import MusterConfiguration
import MusterDelivery
import MusterModel
import MusterStore

/// A config and its state, opened: the composition root of everything that muster does.
public struct Workspace: Sendable {
    /// Why nothing can be done with a config, as a sentence.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
        /// The exit code that fits it (sysexits).
        public let exitCode: Int32

        /// A failure with its sentence and exit code.
        public init(_ description: String, exitCode: Int32) {
            self.description = description
            self.exitCode = exitCode
        }
    }

    /// What the operator wrote.
    public let configuration: Configuration
    /// What the coordinators wrote, with what they said to happen to schools since.
    public private(set) var programme: Programme
    /// What the coordinators wrote alone.
    let writtenProgramme: Programme
    private var additions: ProgrammeAdditions
    /// The config folder.
    public let configDirectory: String
    /// What the programme is called where there are several.
    public var name: String { Self.name(ofConfig: configDirectory) }

    /// What the programme of a config is called where there are several: as its folder.
    public static func name(ofConfig folder: String) -> String {
        folder.split(separator: "/").last { $0 != "." }.map(String.init) ?? "muster"
    }

    /// The state directory.
    public let stateDirectory: String
    let store: Store
    let templates: MessageTemplates
    /// The time, asked for whenever it matters.
    public private(set) var now: @Sendable () -> Instant
    /// Who acts: a user of this machine, somebody on the pages, or muster by itself.
    public private(set) var actor = Event.muster
    /// Who looks.
    public private(set) var viewer = Viewer.machine

    /// Opens a config that has no errors, and its state.
    ///
    /// - Parameters:
    ///   - config: the config folder.
    ///   - state: the state directory; nil for what the unit (`$STATE_DIRECTORY`) or the config says.
    ///   - now: the time, whenever it matters.
    ///   - copy: the folder that is read in place of the config, as a copy of it; nil for the config itself.
    ///   - store: the database where it is open already; nil to open that of the state directory.
    /// - Throws: `Failure` where the config has errors; `StoreError` where the state cannot be opened.
    public init(
        config: String, copy: String? = nil, state: String?, now: @escaping @Sendable () -> Instant,
        store: Store? = nil
    ) throws {
        let check = ConfigCheck(config: copy ?? config, copyOf: copy == nil ? nil : config, warns: false)
        let errors = check.errors
        guard errors.isEmpty, let templates = check.templates else {
            let shown = errors.prefix(20).map(\.description).joined(separator: "\n")
            throw Failure(
                "\(shown)\nThe config has \(Wording.count(errors.count, "error")); nothing was done. muster check shows them all.",
                exitCode: 78)
        }
        configDirectory = config
        configuration = check.configuration
        stateDirectory = try Self.stateDirectory(configuration, of: config, state)
        let store = try store ?? Store(directory: stateDirectory)
        self.store = store
        writtenProgramme = check.programme.renaming(try FormerIDs.known(to: store, of: check.programme))
        additions = try ProgrammeAdditions(store)
        programme = writtenProgramme.adding(additions)
        self.templates = templates
        self.now = now
        try checkOwner()
    }

    /// The same with what was said meanwhile to happen to schools and people; nil where nothing was.
    public func upToDate() throws -> Workspace? {
        let additions = try ProgrammeAdditions(store)
        guard additions != self.additions else { return nil }
        var copy = self
        copy.additions = additions
        copy.programme = writtenProgramme.adding(additions)
        return copy
    }

    /// The same state with its config read anew.
    ///
    /// - Throws: `Failure` where the config has errors.
    public func reopened(config: String, state: String?, now: @escaping @Sendable () -> Instant) throws -> Workspace {
        try Workspace(config: config, state: state, now: now, store: store)
    }

    /// The same with another clock.
    public func at(_ now: @escaping @Sendable () -> Instant) -> Workspace {
        var copy = self
        copy.now = now
        return copy
    }

    /// The same as somebody sees it who looks after a part of it, and who acts.
    public func seen(by viewer: Viewer) -> Workspace {
        var copy = acting(as: viewer.id)
        copy.viewer = viewer
        return copy
    }

    /// The same for somebody who acts.
    public func acting(as actor: String) -> Workspace {
        var copy = self
        copy.actor = actor
        return copy
    }

    /// The same for one of the people who acts.
    public func acting(as person: PersonID) -> Workspace { acting(as: person.rawValue) }

    /// Where the state of a config lies, without opening it.
    ///
    /// - Throws: `Failure` where the config cannot be read, or the unit and the config name two places.
    public static func stateDirectory(config: String, state: String?) throws -> String {
        if let state { return state }
        let (configuration, diagnostics) = ProgrammeLoader(directory: config).loadOperatorConfiguration()
        if let error = diagnostics.first(where: { $0.severity == .error }) {
            throw Failure(
                "\(error)\nThe config says where the state is; mend it, or name it with --state.", exitCode: 78)
        }
        return try stateDirectory(configuration.resolvingPaths { path($0, from: config) }, of: config, nil)
    }

    /// Two places for one state are an error and no silence: somebody would plan and apply in a state of their own.
    private static func stateDirectory(_ configuration: Configuration, of config: String, _ state: String?) throws
        -> String
    {
        if let state { return state }
        guard let unit = ProcessInfo.processInfo.environment["STATE_DIRECTORY"] else {
            return configuration.namesState ? configuration.state : packaged(config) ?? configuration.state
        }
        let (given, written) = (resolved(unit), resolved(configuration.state))
        guard !configuration.namesState || given == written else {
            throw Failure(
                "The unit gives \(unit) as the state directory ($STATE_DIRECTORY), and muster.yaml names \(configuration.state) as \"state\"; write the unit's there.",
                exitCode: 78)
        }
        return unit
    }

    /// Where the units keep the state of a config that says nothing else: `/var/lib/muster` for `/etc/muster`,
    /// `/var/lib/muster-NAME` for `/etc/muster/NAME`; nil for a config elsewhere.
    static func packaged(_ config: String) -> String? {
        let parts = URL(fileURLWithPath: config).standardizedFileURL.pathComponents
        guard parts.starts(with: ["/", "etc", "muster"]), parts.count <= 4 else { return nil }
        return "/var/lib/muster" + (parts.count == 4 ? "-" + parts[3] : "")
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    static func path(_ path: String, from directory: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let joined = URL(fileURLWithPath: directory, isDirectory: true).appending(path: path).standardizedFileURL.path
        return joined.hasSuffix("/") ? String(joined.dropLast()) : joined
    }
}

/// What was said to happen to schools and people, beside the config.
private struct ProgrammeAdditions: Equatable {
    let schoolEvents: [SchoolEvent]
    let absences: [PersonAbsence]
    let questions: [AgreedQuestion]
    let themes: [ChosenTheme]
    let dates: [ChosenDate]

    init(_ store: Store) throws {
        schoolEvents = try store.schoolEvents()
        absences = try store.absences()
        questions = try store.agreedQuestions()
        themes = try store.chosenThemes()
        dates = try store.chosenDates()
    }
}

extension Programme {
    fileprivate func adding(_ additions: ProgrammeAdditions) -> Programme {
        adding(additions.schoolEvents).adding(additions.absences).adding(additions.questions)
            .adding(additions.themes).assigning(additions.dates)
    }
}
