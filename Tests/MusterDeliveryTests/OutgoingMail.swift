import Foundation

/// A mail as it goes over the wire, taken apart byte by byte, so that tests see what clients get and not what was meant.
struct OutgoingMail {
    /// The whole of it.
    let bytes: [UInt8]
    /// The outermost part.
    let root: Part

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        root = Part(String(decoding: bytes, as: UTF8.self))
    }

    /// The calendar part; nil where there is none.
    var calendar: Part? { root.all.first { $0.type == "text/calendar" } }

    /// The object in the calendar part; nil where there is none.
    var object: OutgoingObject? { calendar.map { OutgoingObject($0.text) } }

    /// The plain text, on one line.
    var plainText: String {
        let text = root.all.first { $0.type == "text/plain" }?.text ?? ""
        return text.split { $0.isWhitespace }.joined(separator: " ")
    }

    /// The HTML; empty where there is none.
    var html: String { root.all.first { $0.type == "text/html" }?.text ?? "" }

    /// The address in a header such as `To`.
    func address(_ name: String) -> String? {
        root[name].map { $0.split(separator: "<").last.map { String($0.filter { $0 != ">" }) } ?? $0 }
    }

    /// A part of a mail with its headers.
    struct Part {
        /// The lines of its header as they stand there.
        let lines: [String]
        /// Its headers, unfolded.
        let headers: [(name: String, value: String)]
        /// What follows the header, undecoded.
        let body: String
        /// The parts inside it.
        let parts: [Part]

        init(_ text: String) {
            let halves = text.components(separatedBy: "\r\n\r\n")
            lines = (halves.first ?? "").components(separatedBy: "\r\n")
            let body = halves.dropFirst().joined(separator: "\r\n\r\n")
            var headers: [(name: String, value: String)] = []
            for line in lines {
                if line.first == " ", !headers.isEmpty {
                    headers[headers.count - 1].value += line
                } else {
                    let name = line.prefix { $0 != ":" }
                    headers.append((String(name), line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)))
                }
            }
            self.headers = headers
            self.body = body
            let type = headers.first { $0.name == "Content-Type" }?.value ?? ""
            guard type.hasPrefix("multipart/"), let boundary = type.split(separator: "\"").dropFirst().first else {
                parts = []
                return
            }
            parts = body.components(separatedBy: "--\(boundary)").dropFirst().dropLast().map { section in
                Part(String(section.dropFirst().dropLast()))
            }
        }

        /// It and everything inside it.
        var all: [Part] { [self] + parts.flatMap(\.all) }

        /// The value of a header.
        subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// Its type without parameters.
        var type: String { String((self["Content-Type"] ?? "").prefix { $0 != ";" }) }

        /// Types, indented by their depth.
        var structure: [String] { [type] + parts.flatMap(\.structure).map { "  " + $0 } }

        /// The decoded body.
        var content: [UInt8] {
            if self["Content-Transfer-Encoding"] == "base64" {
                return Array(Data(base64Encoded: body.replacing("\r\n", with: "")) ?? Data())
            }
            var content: [UInt8] = []
            var rest = Array(body.replacing("=\r\n", with: "").utf8)[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "="), rest.count >= 2 else {
                    content.append(byte)
                    continue
                }
                content.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            }
            return content
        }

        /// The decoded body as text.
        var text: String { String(decoding: content, as: UTF8.self) }
    }
}

/// A calendar object as it stands in a mail: its lines, and its properties by the component in which they stand.
struct OutgoingObject {
    /// A content line.
    struct Property {
        /// The components around it: `VCALENDAR/VEVENT`.
        let path: String
        /// Its name.
        let name: String
        /// Its parameters, without quotes.
        let parameters: [String: String]
        /// Its value, escapes and all.
        let value: String
    }

    /// The object as it stands there.
    let text: String
    /// Its properties in their order.
    let properties: [Property]

    /// The object with its lines unfolded.
    ///
    /// Octet by octet, since a letter that was folded before a mark of its own is one character with the space.
    let unfolded: String

    init(_ text: String) {
        self.text = text
        unfolded = text.replacingOccurrences(of: "\r\n ", with: "", options: .literal)
        var path: [String] = []
        var properties: [Property] = []
        for line in unfolded.components(separatedBy: "\r\n") where !line.isEmpty {
            let property = Self.property(line, path.joined(separator: "/"))
            switch property.name {
            case "BEGIN": path.append(property.value)
            case "END": path.removeLast()
            default: properties.append(property)
            }
        }
        self.properties = properties
    }

    private static func property(_ line: String, _ path: String) -> Property {
        var pieces = [String.UnicodeScalarView()]
        var isQuoted = false
        var rest = line.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted: pieces.append(String.UnicodeScalarView())
            case ":" where !isQuoted:
                let parameters = pieces.dropFirst().map(String.init).map { $0.split(separator: "=", maxSplits: 1) }
                return Property(
                    path: path, name: String(pieces[0]),
                    parameters: parameters.reduce(into: [:]) { $0[String($1[0])] = String($1.last ?? "") },
                    value: String(rest))
            default: pieces[pieces.count - 1].append(scalar)
            }
        }
        return Property(path: path, name: String(pieces[0]), parameters: [:], value: "")
    }

    /// All properties of that name in the event itself.
    func all(_ name: String) -> [Property] {
        properties.filter { $0.path == "VCALENDAR/VEVENT" && $0.name == name }
    }

    /// The value of a property of the event; nil unless there is exactly one.
    subscript(_ name: String) -> String? { all(name).count == 1 ? all(name)[0].value : nil }

    /// The value of a property of the calendar; nil unless there is exactly one.
    func calendar(_ name: String) -> String? {
        let found = properties.filter { $0.path == "VCALENDAR" && $0.name == name }
        return found.count == 1 ? found[0].value : nil
    }

    /// `SEQUENCE`.
    var sequence: Int? { self["SEQUENCE"].flatMap { Int($0) } }

    /// The addresses of the attendees, with `mailto:`.
    var attendees: [String] { all("ATTENDEE").map(\.value) }
}
