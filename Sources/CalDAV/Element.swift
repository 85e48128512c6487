import Foundation
import FoundationXML

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
    /// Entities that a document declares itself are not read, and elements nest 256 deep at most, so that its size
    /// bounds what it takes.
    init?(document bytes: [UInt8]) {
        let parser = XMLParser(data: Data(bytes))
        let builder = ElementBuilder()
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        guard parser.parse(), parser.parserError == nil, let root = builder.root else { return nil }
        self = root
    }

    fileprivate init(name: Name, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }
}

/// Puts elements together while the parser reads.
private final class ElementBuilder: NSObject, XMLParserDelegate {
    private(set) var root: Element?
    private var open: [Element] = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(Element(name: Element.Name(namespace: namespaceURI ?? "", local: name), attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, foundCDATA data: Data) {
        self.parser(parser, foundCharacters: String(decoding: data, as: UTF8.self))
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}
