import CExpat
import Foundation

/// An element of an XML document, known by its namespace and name, however a server spells its prefix.
public struct Element: Sendable {
    /// A name within a namespace.
    public struct Name: Hashable, Sendable {
        /// The namespace; empty for none.
        public let namespace: String
        /// The name without its prefix.
        public let local: String

        /// A name; in no namespace unless one is given.
        public init(namespace: String = "", local: String) {
            self.namespace = namespace
            self.local = local
        }
    }

    /// What it is called.
    public let name: Name
    /// Its attributes, by the names that stand in the document.
    public let attributes: [String: String]
    /// All text that stands directly in it.
    public fileprivate(set) var text = ""
    /// The elements that stand directly in it.
    public fileprivate(set) var children: [Element] = []

    /// The first child of a name.
    public subscript(name: Name) -> Element? { children.first { $0.name == name } }

    /// Every child of a name.
    public func all(_ name: Name) -> [Element] { children.filter { $0.name == name } }

    /// Its text without the space around it; nil where there is none.
    public var words: String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    /// The outermost element of a document; nil where it is not well-formed.
    ///
    /// Documents that declare entities, nest deeper than any answer, or hold more elements than one may are refused: so
    /// their size bounds what they take.
    ///
    /// - Parameters:
    ///   - most: how many elements and attributes it may hold.
    ///   - customary: the namespaces of prefixes that a server may write and not declare.
    public init?(document bytes: [UInt8], most: Int, customary: [String: String] = [:]) {
        guard let root = ElementReader.root(of: bytes, most: most, customary) else { return nil }
        self = root
    }

    fileprivate init(name: Name, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }
}

/// Puts elements together from what Expat tells.
///
/// Expat, since Foundation's parser, on which XMLCoder stands too, ends the program at `<?x?>` and at names that are no
/// UTF-8, and these come from strangers.
private final class ElementReader {
    private static let deepest = 64

    private let parser: XML_Parser
    private var root: Element?
    private var open: [Element] = []
    private var namespaces: NamespaceScopes
    /// How many elements and attributes may still come.
    private var room: Int

    static func root(of document: [UInt8], most: Int, _ customary: [String: String]) -> Element? {
        // Namespaces are made out here: Expat writes the whole of each into every name, however long it is.
        guard let parser = XML_ParserCreate(nil) else { return nil }
        defer { XML_ParserFree(parser) }
        let reader = ElementReader(parser, most: most, customary)
        let isWhole = document.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                XML_Parse(parser, text.baseAddress, Int32(clamping: text.count), 1) == XML_STATUS_OK
            }
        }
        return withExtendedLifetime(reader) { isWhole ? reader.root : nil }
    }

    private init(_ parser: XML_Parser, most: Int, _ customary: [String: String]) {
        self.parser = parser
        namespaces = NamespaceScopes(customary: customary)
        room = most
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { context, name, attributes in ElementReader.of(context)?.begin(name, attributes) },
            { context, _ in ElementReader.of(context)?.end() })
        XML_SetCharacterDataHandler(parser) { context, text, count in ElementReader.of(context)?.add(text, count) }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in ElementReader.of(context)?.refuse() }
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> ElementReader? {
        context.map { Unmanaged<ElementReader>.fromOpaque($0).takeUnretainedValue() }
    }

    private func begin(_ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard open.count < Self.deepest, let name else { return refuse() }
        namespaces.begin()
        var values: [String: String] = [:]
        var index = 0
        while let key = attributes?[index], let value = attributes?[index + 1] {
            let (key, value) = (String(cString: key), String(cString: value))
            if !namespaces.declares(key, value) { values[key] = value }
            index += 2
        }
        room -= 1 + index / 2
        guard room >= 0 else { return refuse() }
        open.append(Element(name: namespaces.name(String(cString: name)), attributes: values))
    }

    private func add(_ text: UnsafePointer<CChar>?, _ count: Int32) {
        guard !open.isEmpty else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
        open[open.count - 1].text += String(decoding: bytes, as: UTF8.self)
    }

    private func end() {
        guard let element = open.popLast() else { return }
        namespaces.end()
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private func refuse() { XML_StopParser(parser, XML_Bool(XML_FALSE)) }
}

/// What prefixes mean in the elements that are open (Namespaces in XML §6).
private struct NamespaceScopes {
    /// What each element says of prefixes itself, which mostly is nothing.
    private var declared: [[String: String]] = []
    /// What prefixes mean that a server writes and does not declare.
    private let customary: [String: String]

    init(customary: [String: String]) { self.customary = customary }

    mutating func begin() { declared.append([:]) }

    mutating func end() { declared.removeLast() }

    /// Takes an attribute of the innermost element if it says what a prefix means, or what names without one do.
    mutating func declares(_ attribute: String, _ value: String) -> Bool {
        guard attribute.hasPrefix("xmlns") else { return false }
        let prefix = attribute.dropFirst("xmlns".count)
        guard prefix.isEmpty || prefix.first == ":" else { return false }
        declared[declared.count - 1][String(prefix.dropFirst())] = value
        return true
    }

    /// The name that stands in a document; in no namespace where nobody says, or knows, what its prefix means.
    func name(_ qualified: String) -> Element.Name {
        let parts = qualified.split(separator: ":", maxSplits: 1)
        let prefix = parts.count == 2 ? String(parts[0]) : ""
        let namespace = declared.reversed().lazy.compactMap { $0[prefix] }.first
        return Element.Name(
            namespace: namespace ?? customary[prefix] ?? "", local: parts.last.map(String.init) ?? "")
    }
}
