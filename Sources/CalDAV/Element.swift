import CExpat
import Foundation

/// An element of an XML document, known by its namespace and name, however a server spells its prefix.
struct Element: Sendable {
    struct Name: Hashable, Sendable {
        let namespace: String
        let local: String
    }

    let name: Name
    let attributes: [String: String]
    fileprivate(set) var text = ""
    fileprivate(set) var children: [Element] = []

    /// The first child of a name.
    subscript(name: Name) -> Element? { children.first { $0.name == name } }

    /// Every child of a name.
    func all(_ name: Name) -> [Element] { children.filter { $0.name == name } }

    /// Its text without the space around it; nil where there is none.
    var words: String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    /// The outermost element of a document; nil where it is not well-formed.
    ///
    /// Documents that declare entities, or nest deeper than any answer, are refused: so their size bounds what they take.
    init?(document bytes: [UInt8]) {
        guard let root = ElementReader.root(of: bytes) else { return nil }
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
    /// Between namespace and name; no namespace holds it.
    private static let separator: Character = "\n"

    private let parser: XML_Parser
    private var root: Element?
    private var open: [Element] = []

    static func root(of document: [UInt8]) -> Element? {
        guard let parser = XML_ParserCreateNS(nil, 0x0A) else { return nil }
        defer { XML_ParserFree(parser) }
        let reader = ElementReader(parser)
        let isWhole = document.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                XML_Parse(parser, text.baseAddress, Int32(clamping: text.count), 1) == XML_STATUS_OK
            }
        }
        return withExtendedLifetime(reader) { isWhole ? reader.root : nil }
    }

    private init(_ parser: XML_Parser) {
        self.parser = parser
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
        var values: [String: String] = [:]
        var index = 0
        while let key = attributes?[index], let value = attributes?[index + 1] {
            values[String(cString: key)] = String(cString: value)
            index += 2
        }
        let parts = String(cString: name).split(separator: Self.separator, maxSplits: 1).map(String.init)
        let isQualified = parts.count == 2
        open.append(
            Element(
                name: Element.Name(namespace: isQualified ? parts[0] : "", local: parts.last ?? ""), attributes: values)
        )
    }

    private func add(_ text: UnsafePointer<CChar>?, _ count: Int32) {
        guard !open.isEmpty else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
        open[open.count - 1].text += String(decoding: bytes, as: UTF8.self)
    }

    private func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    private func refuse() { XML_StopParser(parser, XML_Bool(XML_FALSE)) }
}
