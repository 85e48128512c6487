import Foundation
import MusterModel

/// Reads `programme/resources/*.yaml`: what helps those who prepare sessions.
struct ResourceReader {
    /// Bytes of a file at most: it is read on phones.
    static let mostBytes = 20 << 20

    /// The folder in which the files lie.
    let directory: String
    let cycles: [Cycle]
    let names: KnownNames

    func read(_ node: ConfigNode) -> [Resource] {
        guard let mapping = node.mapping(["partnership", "resources"]) else { return [] }
        let partnership = mapping["partnership"].flatMap(names.partnership)?.id
        return (mapping.require("resources")?.items ?? []).compactMap { item in
            var resource = resource(item)
            resource?.partnership = partnership
            return resource
        }
    }

    private func resource(_ node: ConfigNode) -> Resource? {
        guard let mapping = node.mapping(["title", "link", "file", "note", "themes", "stages", "roles"]),
            let title = mapping.require("title")?.string(), let place = place(mapping)
        else { return nil }
        return Resource(
            title: title, place: place, note: mapping["note"]?.string() ?? "",
            themes: words(
                mapping["themes"], among: Set(cycles.flatMap(\.hosts).compactMap(\.theme)), "no host has the theme"),
            stages: stages(mapping["stages"]),
            roles: words(
                mapping["roles"], among: Set(cycles.flatMap(\.team).map(\.id)).union(["host", "invited"]),
                "no cycle has the role"))
    }

    /// Stages; of a training event on several dates the name of the event stands for all of them.
    private func stages(_ node: ConfigNode?) -> Set<String> {
        let training = cycles.flatMap(\.training)
        let names = cycles.flatMap(\.stages).map(\.id) + training.map(\.stage.id) + training.compactMap(\.series)
        let named = words(node, among: Set(names), "no cycle has the stage")
        return named.union(training.filter { $0.series.map(named.contains) ?? false }.map(\.stage.id))
    }

    private func place(_ mapping: ConfigMapping) -> Resource.Place? {
        switch (mapping["link"], mapping["file"]) {
        case (let node?, nil): return node.link().map { .link($0) }
        case (nil, let node?): return file(node).map { .file($0) }
        default:
            mapping.parent.error("a resource is at a \"link\" or in a \"file\"; write one of them")
            return nil
        }
    }

    /// A file of the folder itself: whoever writes a resource hands out nothing else of the machine.
    private func file(_ node: ConfigNode) -> String? {
        guard let name = node.string() else { return nil }
        let isSafe =
            !name.hasPrefix(".") && !name.contains("/") && !name.contains("\\")
            && name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" }
        guard isSafe else {
            node.error("a file lies in programme/resources and has a plain name without spaces, such as handbook.pdf")
            return nil
        }
        let values = try? FileManager.default.attributesOfItem(atPath: directory + "/" + name)
        guard let values, values[.type] as? FileAttributeType == .typeRegular else {
            node.error("there is no file \(name) in programme/resources; put it there or correct its name")
            return nil
        }
        guard (values[.size] as? Int ?? 0) <= Self.mostBytes else {
            node.error("\(name) is larger than 20 MB; put it on a server and write its \"link\"")
            return nil
        }
        return name
    }

    private func words(_ node: ConfigNode?, among known: Set<String>, _ problem: String) -> Set<String> {
        Set(
            (node?.items ?? []).compactMap { item in
                guard let word = item.string()?.lowercased() else { return nil }
                if !known.contains(word) {
                    item.warning("\(problem) \"\(word)\"\(Suggestion.phrase(for: word, among: known.sorted()))")
                }
                return word
            })
    }
}
