import Foundation
import XML

/// What a server says of several resources (RFC 4918 §13).
struct MultiStatus {
    /// The resources that are there, with the properties that they have.
    private(set) var resources: [Resource] = []
    /// The paths of those that are not there (any more).
    private(set) var missing: [String] = []
    /// Whether there is more than the server says at once (RFC 6578 §3.6).
    private(set) var isTruncated = false
    /// What the server calls the state that it describes.
    let syncToken: String?
    /// Whether it was not well-formed and was mended.
    let isMended: Bool

    /// Nil for what is no such answer.
    ///
    /// - Parameters:
    ///   - url: where it came from.
    ///   - elements: how many it may have, and attributes with them.
    init?(_ bytes: [UInt8], url: URL, elements: Int = CalDAVClient.Limits().elements) {
        let wellFormed = Element(document: bytes, most: elements, customary: Element.customaryPrefixes)
        isMended = wellFormed == nil
        guard
            let root = wellFormed
                ?? Element(document: MendedXML(bytes).bytes, most: elements, customary: Element.customaryPrefixes),
            root.name == .multiStatus
        else { return nil }
        syncToken = root[.syncToken]?.words
        for response in root.all(.response) {
            let status = response[.status].flatMap(Self.status) ?? 200
            let properties = Resource.properties(of: response)
            // Only a status may be about several resources; properties are those of one.
            let references = response.all(.reference).compactMap(\.words)
            for reference in references.prefix(properties.isEmpty ? references.count : 1) {
                guard let place = url.resolving(reference) else { continue }
                switch status {
                case 200..<300:
                    resources.append(
                        Resource(url: place, reference: reference, properties, isGone: Resource.isGone(response)))
                case 404, 410: missing.append(place.path)
                case 507: isTruncated = true
                default: break
                }
            }
        }
    }

    /// The number in `HTTP/1.1 404 Not Found`.
    static func status(_ element: Element) -> Int? {
        element.words?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
}

/// A resource on a server, with the properties that were asked for and that it has.
struct Resource {
    let url: URL
    /// How the server wrote its address.
    let reference: String
    /// Whether it has none of the properties that were asked for, since it is not there (any more).
    let isGone: Bool
    private let properties: [Element]

    init(url: URL, reference: String, _ properties: [Element], isGone: Bool = false) {
        self.isGone = isGone
        self.url = url
        self.reference = reference
        self.properties = properties
    }

    /// Whether a response says of everything that it is not there.
    static func isGone(_ response: Element) -> Bool {
        let statuses = response.all(.propertyStatus).map { $0[.status].flatMap(MultiStatus.status) ?? 200 }
        return !statuses.isEmpty && statuses.allSatisfy { $0 == 404 || $0 == 410 }
    }

    /// The properties that a response says are there.
    static func properties(of response: Element) -> [Element] {
        let good = response.all(.propertyStatus).filter { element in
            (element[.status].flatMap(MultiStatus.status) ?? 200) / 100 == 2
        }
        return good.flatMap { $0.all(.properties) }.flatMap(\.children)
    }

    var path: String { url.path }

    /// A property; nil where it has none of this name.
    subscript(name: Element.Name) -> Element? { properties.first { $0.name == name } }

    /// The addresses in a property.
    func links(_ name: Element.Name) -> [URL] {
        (self[name]?.all(.reference) ?? []).compactMap(\.words).compactMap(url.resolving)
    }
}

extension URL {
    /// The address that a reference means here (RFC 3986 §5), whole and by itself.
    func resolving(_ reference: String) -> URL? { URL(string: reference, relativeTo: self)?.absoluteURL }
}
