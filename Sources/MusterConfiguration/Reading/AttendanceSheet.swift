import Foundation
import MusterModel

/// Who was at a session, as a spreadsheet has it: one of our own, or the report of an online room.
public struct AttendanceSheet: Sendable {
    /// A line of it.
    public struct Line: Hashable, Sendable {
        /// Which line, from 1.
        public var number: Int
        /// The person's id; nil where none stands there.
        public var person: PersonID?
        /// The person's address; nil where none stands there.
        public var address: String?
        /// The person's name; nil where none stands there.
        public var name: String?
        /// Whether they were there.
        public var wasThere: Bool

        /// What to call the person where nobody is found.
        public var label: String { name ?? address ?? person?.rawValue ?? "" }
    }

    /// Why a sheet cannot be used, as sentences with their places.
    public struct Failure: Error, CustomStringConvertible {
        /// The sentences, a line each.
        public let description: String
    }

    /// The lines, in their order.
    public let lines: [Line]
    /// Whether it says of each person whether they were there; one that does not lists those who were.
    public let saysWho: Bool

    private static let columns: KeyValuePairs<String, [String]> = [
        "person": ["person", "id"], "email": ["email", "e-mail", "email address", "user email", "address"],
        "name": ["name", "full name", "participant", "attendee"], "attended": ["attended", "was there", "present"],
    ]

    /// Reads a sheet.
    ///
    /// - Throws: `Failure` where it names nobody, or says neither yes nor no.
    public init(_ content: Data, path: String) throws(Failure) {
        let collector = DiagnosticCollector()
        guard let file = SourceFile(path: path, content, collector),
            let table = CSVTable(file, names: Self.columns, required: [], collector)
        else {
            throw Failure(description: collector.diagnostics.map(\.description).joined(separator: "\n"))
        }
        let saysWho = table.columns.contains("attended")
        lines = table.rows.compactMap { row in
            guard row["person"] != nil || row["email"] != nil || row["name"] != nil else {
                collector.error(row.location, "nobody stands here: a person, an email or a name is needed")
                return nil
            }
            var wasThere = true
            if saysWho {
                // An empty cell says nothing.
                guard let cell = row["attended"] else { return nil }
                switch cell.text.lowercased() {
                case "yes", "y", "true", "1", "x", "attended", "present": wasThere = true
                case "no", "n", "false", "0", "absent", "did not attend": wasThere = false
                default: collector.error(cell.location, "\"\(cell.text)\" should be yes or no")
                }
            }
            return Line(
                number: row.location.line ?? 0, person: row["person"].map { PersonID($0.text) },
                address: row["email"]?.text,
                name: row["name"]?.text, wasThere: wasThere)
        }
        self.saysWho = saysWho
        guard collector.diagnostics.allSatisfy({ $0.severity != .error }) else {
            throw Failure(description: collector.diagnostics.prefix(10).map(\.description).joined(separator: "\n"))
        }
    }
}
