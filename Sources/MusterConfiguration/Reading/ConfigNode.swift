import CivilTime
import Yams

/// A value of a YAML file that knows where it stands; reading it as something it is not is reported there.
struct ConfigNode {
    let node: Node
    let file: SourceFile
    let collector: DiagnosticCollector

    /// Reads a whole file; a broken one is reported and nil.
    static func load(_ file: SourceFile, _ collector: DiagnosticCollector) -> ConfigNode? {
        let root = root(of: file, collector)
        if root == nil { collector.leftOut(file.path) }
        return root
    }

    private static func root(of file: SourceFile, _ collector: DiagnosticCollector) -> ConfigNode? {
        let aliases = YAMLAliases(file.text)
        guard aliases.count <= 50 else {
            collector.error(file.location(1), "the file repeats itself by more than 50 aliases (*name); write it out")
            return nil
        }
        if let line = aliases.keyLine {
            collector.error(
                file.location(line), "a key is a word; neither \"?\" nor an alias (*name) can stand for one")
            return nil
        }
        do {
            // What a scalar is depends on where it stands; nobody asks Yams. What it takes an encoding for by itself, it
            // asks the environment for at each file.
            guard let node = try Yams.compose(yaml: file.text, .basic, .default, .utf8) else {
                collector.error(file.location(1), "the file is empty")
                return nil
            }
            return ConfigNode(node: node, file: file, collector: collector)
        } catch let error as YamlError {
            let (mark, problem) = error.place
            collector.error(
                file.location(mark?.line, mark?.column),
                problem.contains("cannot start any token") && file.hasTab(line: mark?.line)
                    ? "there is a tab in this line; YAML wants spaces"
                    : "this is no valid YAML (\(problem)); check indentation, colons and quotes")
        } catch {
            collector.error(file.location(), "this is no valid YAML (\(error))")
        }
        return nil
    }

    var location: Diagnostic.Location { file.location(node.mark?.line, node.mark?.column) }

    func error(_ message: String) { collector.error(location, message) }

    /// An error that follows from another where something in a part of the config could not be read.
    func error(_ message: String, restingOn part: DiagnosticCollector.Part) {
        collector.error(location, message, restingOn: part)
    }

    func warning(_ message: String) { collector.warning(location, message) }

    /// The text of a scalar; empty counts as missing.
    var scalar: String? {
        guard case .scalar(let scalar) = node else { return nil }
        return scalar.string
    }

    /// The items of a list, or the one value that stands in place of a list.
    var items: [ConfigNode] {
        switch node {
        case .sequence(let sequence): sequence.map(with)
        case .scalar(let scalar) where scalar.string.isEmpty || scalar.string == "~": []
        default: [self]
        }
    }

    /// The keys and values of a mapping whose keys are free, in order; nil for anything else.
    var pairs: [(key: String, value: ConfigNode)]? {
        node.mapping?.map { ($0.key.scalar?.string ?? "", with($0.value)) }
    }

    /// The value as a mapping with no other keys than these; anything else is reported.
    func mapping(_ keys: [String]) -> ConfigMapping? {
        guard case .mapping(let mapping) = node else {
            error("here should be \(Wording.keys(keys)), each with its value")
            return nil
        }
        var values: [String: ConfigNode] = [:]
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            guard keys.contains(name) else {
                with(key).error("unknown key \"\(name)\"\(Suggestion.phrase(for: name, among: keys))")
                continue
            }
            values[name] = with(value)
        }
        return ConfigMapping(parent: self, values: values)
    }

    func with(_ node: Node) -> ConfigNode { ConfigNode(node: node, file: file, collector: collector) }
}

/// A mapping whose keys have been checked.
struct ConfigMapping {
    let parent: ConfigNode
    fileprivate let values: [String: ConfigNode]

    /// The value of a key; nil where it is left out or empty.
    subscript(key: String) -> ConfigNode? {
        guard let value = values[key] else { return nil }
        if case .scalar(let scalar) = value.node, ["", "~", "null"].contains(scalar.string) { return nil }
        return value
    }

    /// The value of a key that must be there; its absence is reported.
    func require(_ key: String) -> ConfigNode? {
        guard let value = self[key] else {
            parent.error("\"\(key)\" is missing here")
            return nil
        }
        return value
    }
}

extension Wording {
    fileprivate static func keys(_ keys: [String]) -> String {
        keys.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
    }
}

/// A namespace for phrases of this file.
private enum Wording {}

extension YamlError {
    fileprivate var place: (Mark?, String) {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark, problem)
        case .reader(let problem, _, _, _): (nil, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark, "the key \(duplicates.map(\.description).joined(separator: ", ")) stands twice")
        default: (nil, "\(self)")
        }
    }
}
