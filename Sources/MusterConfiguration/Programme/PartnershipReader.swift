import MusterModel

/// Reads a file of `partnerships/`.
struct PartnershipReader {
    static let keys = ["partnership", "name", "coordinator", "digest", "schools", "terms", "calendars"]

    struct Entry {
        var partnership: Partnership
        var schools: [ConfigNode]
        var layers: [ConfigNode]
        var location: Diagnostic.Location
    }

    let collector: DiagnosticCollector
    let paths: CalendarPaths

    func read(_ node: ConfigNode) -> Entry? {
        guard let mapping = node.mapping(Self.keys), let id = mapping.require("partnership")?.string() else {
            return nil
        }
        let schools = mapping.require("schools")?.items
        if schools == nil { collector.leftOut(node.file.path) }
        if mapping["coordinator"] == nil { mapping["digest"]?.error("nobody would get it; name the \"coordinator\"") }
        let partnership = Partnership(
            id: PartnershipID(id), name: mapping["name"]?.string() ?? id,
            coordinator: mapping["coordinator"].flatMap(contact),
            digest: mapping["digest"]?.choice(Partnership.Digest.self) ?? .never, schools: [],
            calendars: (mapping["calendars"]?.items ?? []).compactMap(calendar))
        return Entry(
            partnership: partnership, schools: schools ?? [], layers: mapping["terms"]?.items ?? [],
            location: node.location)
    }

    private func contact(_ node: ConfigNode) -> Partnership.Contact? {
        guard let mapping = node.mapping(["name", "address"]), let address = mapping.require("address")?.address()
        else {
            return nil
        }
        return Partnership.Contact(name: mapping["name"]?.string() ?? address, address: address)
    }

    private func calendar(_ node: ConfigNode) -> CalendarSource? {
        guard let text = node.string(), let source = paths.source(text) else {
            node.error("here should be a file, or an address with https://, or caldavs:// without a password")
            return nil
        }
        return source
    }
}
