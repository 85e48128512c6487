import CivilTime
import ConcurrentMap
import Foundation
import MusterModel

/// Reads the whole config: `muster.yaml` and the folder `programme`.
public struct ProgrammeLoader {
    /// What was read, and everything that is to be said about it.
    public struct Result: Sendable {
        /// The operator's part; defaults where there is no file.
        public var configuration: Configuration
        /// The coordinators' part; only what could be read where there are errors.
        public var programme: Programme
        /// What was found, by file and line.
        public var diagnostics: [Diagnostic]

        /// Whether nothing may be planned before something is mended.
        public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    private let directory: String
    private let place: String
    private let collector = DiagnosticCollector()

    /// A loader for a config folder.
    ///
    /// - Parameter place: the folder at which paths of calendars begin; nil where that is the same.
    public init(directory: String, place: String? = nil) {
        self.directory = Self.withoutSlash(directory)
        self.place = place.map(Self.withoutSlash) ?? self.directory
    }

    private static func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Reads everything and finds every mistake.
    ///
    /// - Parameter warns: whether the programme as a whole is also looked at for what can be lived with, which takes longer
    ///   than to find the mistakes.
    public func load(warns: Bool = true) -> Result {
        let configuration = loadConfiguration()
        let programme = loadProgramme(rooms: configuration.rooms)
        let warnings = ProgrammeWarnings(programme: programme, directory: programmeDirectory, collector: collector)
        warnings.reportMistakes()
        if warns { warnings.report() }
        let order = collector.diagnostics.enumerated().sorted { left, right in
            let (first, second) = (left.element.location, right.element.location)
            return (first.file, first.line ?? 0, left.offset) < (second.file, second.line ?? 0, right.offset)
        }
        return Result(configuration: configuration, programme: programme, diagnostics: order.map(\.element))
    }

    /// Reads what the operator wrote alone, and finds every mistake in it.
    public func loadOperatorConfiguration() -> (configuration: Configuration, diagnostics: [Diagnostic]) {
        (loadConfiguration(), collector.diagnostics)
    }

    private var programmeDirectory: String { directory + "/programme" }

    private func loadConfiguration() -> Configuration {
        let path = directory + "/muster.yaml"
        guard FileManager.default.fileExists(atPath: directory) else {
            collector.error(
                Diagnostic.Location(file: directory), "there is no such folder; name the config folder with --config")
            return Configuration()
        }
        guard FileManager.default.fileExists(atPath: path) else {
            collector.error(Diagnostic.Location(file: path), "there is no such file; copy the example's and change it")
            return Configuration()
        }
        guard let node = SourceFile(path: path, collector).flatMap({ ConfigNode.load($0, collector) }) else {
            return Configuration()
        }
        return ConfigurationReader(collector: collector).read(node)
    }

    private func loadProgramme(rooms: [Room]) -> Programme {
        guard FileManager.default.fileExists(atPath: programmeDirectory) else {
            if FileManager.default.fileExists(atPath: directory) {
                collector.error(
                    Diagnostic.Location(file: programmeDirectory),
                    "there is no such folder; the schools, people and cycles belong in it")
            }
            return Programme(schools: [], people: [], partnerships: [], cycles: [], rooms: rooms)
        }
        let paths = CalendarPaths(directory: place + "/programme")
        // By far the longest list, and nothing of it depends on the files that are read meanwhile.
        let peopleRead = Ahead { [collector, path = programmeDirectory + "/people.csv"] in
            SourceFile(path: path, collector).map { PeopleReader(collector: collector, paths: paths).read($0) } ?? []
        }
        let layers = loadLayers()
        let partnershipEntries = yamlFiles("partnerships").compactMap { node in
            known(PartnershipReader(collector: collector, paths: paths).read(node), of: node)
        }
        let schoolEntries = csv("schools.csv").map { SchoolsReader(collector: collector, paths: paths).read($0) } ?? []
        var partnershipLayers: [SchoolID: [TermLayer]] = [:]
        for entry in partnershipEntries {
            let own = entry.layers.compactMap { layer($0, layers) }
            for school in Set(entry.schools.compactMap(\.scalar).map { SchoolID($0) }) {
                partnershipLayers[school, default: []] += own
            }
        }
        let schools = schoolEntries.map { entry in
            var school = entry.school
            for layer in partnershipLayers[school.id] ?? [] { layer.lay(over: &school.days) }
            for cell in entry.layers { layer(cell, layers)?.lay(over: &school.days) }
            entry.own.lay(over: &school.days)
            return school
        }
        let schoolIndex = Dictionary(schools.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let names = KnownNames(schools: schoolIndex, people: [], partnerships: [])
        let partnerships = partnershipEntries.map { entry in
            var partnership = entry.partnership
            partnership.schools = entry.schools.compactMap { names.school($0)?.id }
            return partnership
        }
        let cycleNodes = yamlFiles("cycles")
        var people = complete(peopleRead.value(), schoolIndex)
        let cycles = loadCycles(
            cycleNodes, schoolIndex, partnerships: partnerships, rooms: rooms, paths: paths, people: &people)
        let polls = loadPolls(schoolIndex, partnerships: partnerships, paths: paths, people: &people)
        return Programme(
            schools: schools, people: people.map(\.person), partnerships: partnerships, cycles: cycles, rooms: rooms,
            history: loadHistory(people, schoolIndex), resources: loadResources(cycles, partnerships), polls: polls)
    }

    // MARK: Around the sessions

    private func loadResources(_ cycles: [Cycle], _ partnerships: [Partnership]) -> [Resource] {
        let reader = ResourceReader(
            directory: programmeDirectory + "/resources", cycles: cycles,
            names: KnownNames(schools: [:], people: [], partnerships: partnerships))
        return yamlFiles("resources").flatMap(reader.read)
    }

    private func loadPolls(
        _ schools: [SchoolID: School], partnerships: [Partnership], paths: CalendarPaths,
        people: inout [PeopleReader.Entry]
    ) -> [Poll] {
        let nodes = yamlFiles("polls")
        guard !nodes.isEmpty else { return [] }
        let names = KnownNames(schools: schools, people: people, partnerships: partnerships)
        var added: [PeopleReader.Entry] = []
        let reader = PollReader(names: names) { node in
            self.invitees(node, names: names, paths: paths, adding: &added)
        }
        var polls: [Poll] = []
        for node in nodes {
            guard let poll = reader.read(node) else { continue }
            if polls.contains(where: { $0.id == poll.id }) {
                node.error("there is a second poll \"\(poll.id)\"; give each its own id")
            } else {
                polls.append(poll)
            }
        }
        resolve(&added, schools)
        people += added
        return polls
    }

    // MARK: Terms

    private func loadLayers() -> [String: TermLayer] {
        var layers: [String: TermLayer] = [:]
        let reader = TermLayerReader(collector: collector, directory: programmeDirectory + "/terms")
        for layer in yamlFiles("terms").compactMap({ known(reader.read($0), of: $0) }) {
            if let first = layers[layer.id] {
                collector.error(
                    layer.location,
                    "the layer \"\(layer.id)\" is written a second time (first at \(first.location)); rename one")
            } else {
                layers[layer.id] = layer
            }
        }
        return layers
    }

    private func layer(_ node: ConfigNode, _ layers: [String: TermLayer]) -> TermLayer? {
        layer(node.scalar ?? "…", at: node.location, layers)
    }

    private func layer(_ cell: CSVTable.Cell, _ layers: [String: TermLayer]) -> TermLayer? {
        layer(cell.text, at: cell.location, layers)
    }

    private func layer(_ id: String, at location: Diagnostic.Location, _ layers: [String: TermLayer]) -> TermLayer? {
        if let layer = layers[id] { return layer }
        collector.error(
            location, "there is no layer \"\(id)\" in terms/\(Suggestion.phrase(for: id, among: layers.keys.sorted()))",
            restingOn: .terms)
        return nil
    }

    // MARK: People

    /// The people of the list with what other files say of them.
    private func complete(_ read: [PeopleReader.Entry], _ schools: [SchoolID: School]) -> [PeopleReader.Entry] {
        var entries = read
        resolve(&entries, schools)
        let index = Dictionary(entries.enumerated().map { ($1.person.id, $0) }, uniquingKeysWith: { first, _ in first })
        for path in files("timetables", ending: ".csv") {
            guard let file = SourceFile(path: path, collector) else { continue }
            for (person, commitment) in TimetableReader(collector: collector).read(file, people: index) {
                entries[person].person.commitments.append(commitment)
            }
        }
        return entries
    }

    /// Fills in what follows from the school, and checks what is named.
    private func resolve(_ entries: inout [PeopleReader.Entry], _ schools: [SchoolID: School]) {
        let ids = Set(entries.map(\.person.id))
        for index in entries.indices {
            let known = entries[index].schools.filter { isKnown($0, schools) }.map { SchoolID($0.text) }
            entries[index].person.school = known.first
            entries[index].person.otherSchools = Array(known.dropFirst())
            if let school = known.first.flatMap({ schools[$0] }) {
                entries[index].person.region = entries[index].person.region ?? school.region
                if !entries[index].hasZone { entries[index].person.zone = school.zone }
            }
            for cell in entries[index].conflicts {
                if !ids.contains(PersonID(cell.text)), schools[SchoolID(cell.text)] == nil {
                    let known = ids.map(\.rawValue).sorted() + schools.keys.map(\.rawValue).sorted()
                    collector.error(
                        cell.location,
                        "\"\(cell.text)\" is neither a person nor a school\(Suggestion.phrase(for: cell.text, among: known))",
                        restingOn: .people, .schools)
                }
                entries[index].person.conflicts.insert(cell.text)
            }
        }
    }

    private func isKnown(_ cell: CSVTable.Cell, _ schools: [SchoolID: School]) -> Bool {
        guard schools[SchoolID(cell.text)] == nil else { return true }
        collector.error(
            cell.location,
            "there is no school \"\(cell.text)\" in schools.csv\(Suggestion.phrase(for: cell.text, among: schools.keys.sorted()))",
            restingOn: .schools)
        return false
    }

    // MARK: Cycles

    private func loadCycles(
        _ nodes: [ConfigNode], _ schools: [SchoolID: School], partnerships: [Partnership], rooms: [Room],
        paths: CalendarPaths,
        people: inout [PeopleReader.Entry]
    ) -> [Cycle] {
        let names = KnownNames(schools: schools, people: people, partnerships: partnerships)
        var added: [PeopleReader.Entry] = []
        let reader = CycleReader(collector: collector, names: names, rooms: rooms) { node in
            self.invitees(node, names: names, paths: paths, adding: &added)
        }
        var cycles: [Cycle] = []
        var known: Set<CycleID> = []
        for node in nodes {
            guard let cycle = reader.read(node) else { continue }
            if !known.insert(cycle.id).inserted {
                node.error("there is a second cycle \"\(cycle.id)\"; give each its own id")
            } else {
                cycles.append(cycle)
            }
        }
        resolve(&added, schools)
        people += added
        return cycles
    }

    /// The same as ids; those who are new are added.
    private func invitees(
        _ node: ConfigNode, names: KnownNames, paths: CalendarPaths, adding added: inout [PeopleReader.Entry]
    ) -> [PersonID] {
        let entries = invitees(node, names: names, paths: paths)
        let known = Set(added.map(\.person.id))
        added += entries.filter { names.entry(of: $0.person.id) == nil && !known.contains($0.person.id) }
        return entries.map(\.person.id)
    }

    /// `{ file: leaders.csv }`, `{ roles: [lead, reviewer], regions: [Wales] }`, or people by id.
    private func invitees(_ node: ConfigNode, names: KnownNames, paths: CalendarPaths) -> [PeopleReader.Entry] {
        guard node.pairs != nil else {
            return node.items.compactMap { item in names.person(item).flatMap { entry($0, names) } }
        }
        guard let mapping = node.mapping(["file", "roles", "regions", "partnerships"]) else { return [] }
        var entries: [PeopleReader.Entry] = []
        if let file = list(mapping["file"]), let source = SourceFile(path: programmeDirectory + "/" + file, collector) {
            let known = Dictionary(
                names.people.map { ($0.person.address.lowercased(), $0.person.id) },
                uniquingKeysWith: { first, _ in first })
            entries += PeopleReader(collector: collector, paths: paths).read(source).map { invited in
                known[invited.person.address.lowercased()].flatMap { entry($0, names) } ?? invited
            }
        }
        entries += people(mapping, names).compactMap { entry($0, names) }
        var seen: Set<String> = []
        return entries.filter { seen.insert($0.person.address.lowercased()).inserted }
    }

    /// Those who have one of the roles, and whose school is in one of the regions and partnerships, as far as each is said.
    private func people(_ mapping: ConfigMapping, _ names: KnownNames) -> [PersonID] {
        let keys = ["roles", "regions", "partnerships"].filter { mapping[$0] != nil }
        guard !keys.isEmpty else { return [] }
        let roles = mapping["roles"].map { Set($0.strings().map { $0.lowercased() }) }
        let regions = mapping["regions"].map { Set($0.items.compactMap(names.region)) }
        let schools = mapping["partnerships"].map { Set($0.items.compactMap(names.partnership).flatMap(\.schools)) }
        return names.people.map(\.person).filter { person in
            let own = Set(person.schools)
            return roles.map { !$0.isDisjoint(with: person.roles) } ?? true
                && regions.map { regions in
                    let places = person.region.map { [$0] } ?? own.compactMap { names.schools[$0]?.region }
                    return !regions.isDisjoint(with: places)
                } ?? true
                && schools.map { !$0.isDisjoint(with: own) } ?? true
        }.map(\.id).sorted()
    }

    /// The path of a list in the programme's folder; whoever writes a cycle reads nothing else of the machine.
    private func list(_ node: ConfigNode?) -> String? {
        guard let node, let file = node.string() else { return nil }
        guard !file.hasPrefix("/"), !file.split(separator: "/").contains("..") else {
            node.error("a list of people stands in the programme's folder; write its path from there, as leaders.csv")
            return nil
        }
        return file
    }

    private func entry(_ id: PersonID, _ names: KnownNames) -> PeopleReader.Entry? {
        names.entry(of: id).map {
            PeopleReader.Entry(person: $0.person, schools: [], conflicts: [], location: $0.location)
        }
    }

    private func loadHistory(
        _ people: [PeopleReader.Entry], _ schools: [SchoolID: School]
    ) -> [Programme.HistoryEntry] {
        guard FileManager.default.fileExists(atPath: programmeDirectory + "/history.csv"),
            let file = csv("history.csv"),
            let table = CSVTable(
                file, names: ["cycle": [], "school": ["urn"], "person": [], "role": []],
                required: ["school", "person"],
                collector)
        else { return [] }
        return table.rows.compactMap { row in
            guard let school = row["school"], let person = row["person"] else { return nil }
            if schools[SchoolID(school.text)] == nil {
                collector.warning(
                    school.location,
                    "there is no school \"\(school.text)\" any more\(Suggestion.phrase(for: school.text, among: schools.keys.sorted()))",
                    restingOn: .schools)
            }
            return Programme.HistoryEntry(school: SchoolID(school.text), person: PersonID(person.text))
        }
    }

    // MARK: Files

    /// What was read of a file; where that is nothing, nobody can say what does not stand there.
    private func known<Value>(_ value: Value?, of node: ConfigNode) -> Value? {
        if value == nil { collector.leftOut(node.file.path) }
        return value
    }

    private func csv(_ name: String) -> SourceFile? { SourceFile(path: programmeDirectory + "/" + name, collector) }

    private func yamlFiles(_ folder: String) -> [ConfigNode] {
        (files(folder, ending: ".yaml") + files(folder, ending: ".yml")).compactMap { path in
            SourceFile(path: path, collector).flatMap { ConfigNode.load($0, collector) }
        }
    }

    private func files(_ folder: String, ending: String) -> [String] {
        let path = programmeDirectory + "/" + folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }.sorted().map { path + "/" + $0 }
    }
}
