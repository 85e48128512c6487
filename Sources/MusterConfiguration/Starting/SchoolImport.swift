import Foundation
import MusterModel

/// What a register of schools would add to `schools.csv`, and what it knows otherwise.
public struct SchoolImport: Sendable {
    /// Something about a school of the config that the register has otherwise.
    public struct Difference: Hashable, Sendable, Codable {
        /// The school.
        public var urn: SchoolID
        /// What it is called in the config.
        public var name: String
        /// What is otherwise: `has closed (31-08-2026)`, `is called “Oakford Academy” now`.
        public var change: String
    }

    /// The columns of a `schools.csv` that is made anew, with those that are yours to fill in.
    private static let columns = [
        "urn", "name", "phase", "region", "trust", "federation", "pupils", "street", "town", "postcode", "status",
        "terms",
    ]

    /// The schools that the config has not.
    public let new: [SchoolRegister.Establishment]
    /// Schools that were looked for and that the config has.
    public let known: [SchoolID]
    private let path: String
    private let bytes: [UInt8]?

    /// What of a register is new to a config folder.
    public init(_ register: SchoolRegister, into config: String) {
        path = config + "/programme/schools.csv"
        bytes = FileManager.default.contents(atPath: path).map(Array.init)
        let own = Set(Self.schools(of: config).map(\.id))
        new = register.establishments.filter { !own.contains($0.urn) }
        known = register.establishments.map(\.urn).filter(own.contains)
    }

    /// The schools that a config folder has.
    public static func schools(of config: String) -> [School] {
        ProgrammeLoader(directory: config).load().programme.schools
    }

    /// The file with the new schools at its end, under its own columns; what stands there stays as it is.
    ///
    /// - Throws: `SchoolRegister.Failure` where its first line names no column of ours.
    public func file() throws(SchoolRegister.Failure) -> (path: String, content: [UInt8]) {
        guard let bytes, !bytes.isEmpty else {
            let rows =
                [Self.columns.joined(separator: ",")] + new.map { row($0, columns: Self.columns, delimiter: ",") }
            return (path, Array((rows.joined(separator: "\n") + "\n").utf8))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.contains("\r\n") ? "\r\n" : "\n"
        let body = String(text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]).replacing("\r\n", with: "\n")
        let delimiter = CSVRecords.delimiter(of: body)
        guard let header = CSVRecords.split(body).first else {
            throw SchoolRegister.Failure(description: "\(path) has no line that names its columns; mend it first.")
        }
        let names = header.cells.map { cell in
            SchoolsReader.columns.first { $0.key == cell.text.lowercased() || $0.value.contains(cell.text) }?.key ?? ""
        }
        guard names.contains("urn"), names.contains("name") else {
            throw SchoolRegister.Failure(
                description: "\(path) has no columns \"urn\" and \"name\", so nothing can be added; mend it first.")
        }
        let isEnded = bytes.last == UInt8(ascii: "\n")
        let rows = new.map { row($0, columns: names, delimiter: delimiter) + end }.joined()
        // In cp1252 a letter beyond ASCII would be two wrong ones.
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        let added =
            isUTF8
            ? Array(rows.utf8)
            : Array(rows.data(using: String.Encoding.windowsCP1252, allowLossyConversion: true) ?? Data())
        return (path, bytes + (isEnded ? [] : Array(end.utf8)) + added)
    }

    private func row(
        _ school: SchoolRegister.Establishment, columns: [String], delimiter: String
    ) -> String {
        columns.map { column -> String in
            let value: String? =
                switch column {
                case "urn": school.urn.rawValue
                case "name": school.name
                case "phase": school.phase
                case "region": school.region
                case "trust": school.trust
                case "federation": school.federation
                case "pupils": school.pupils.map(String.init)
                case "street": school.street
                case "town": school.town
                case "postcode": school.postcode
                case "status": school.status
                default: nil
                }
            let text = value ?? ""
            let isPlain = !text.contains(delimiter) && !text.contains("\"")
            return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: delimiter)
    }

    /// What a register has otherwise than the schools of a config, in their order; a school that it does not have is one
    /// of them.
    public static func differences(_ register: SchoolRegister, _ schools: [School]) -> [Difference] {
        let newest = Dictionary(register.establishments.map { ($0.urn, $0) }) { first, _ in first }
        return schools.flatMap { school -> [Difference] in
            func difference(_ change: String) -> Difference {
                Difference(urn: school.id, name: school.name, change: change)
            }
            guard let now = newest[school.id] else { return [difference("is not in the register")] }
            var changes: [String] = []
            if !now.isOpen { changes.append("has closed\(now.closed.map { " (\($0))" } ?? "")") }
            if now.isOpen, now.status != "Open" { changes.append("is “\(now.status)”") }
            if now.name != school.name { changes.append("is called “\(now.name)” now") }
            let words = [
                ("trust", school.trust, now.trust), ("federation", school.federation, now.federation),
                ("phase", school.phase, now.phase), ("region", school.region, now.region),
            ]
            for (what, old, new) in words where old != new {
                changes.append(
                    "\(what): \(old.map { "“\($0)”" } ?? "none") has become \(new.map { "“\($0)”" } ?? "none")")
            }
            if let old = school.pupils, let new = now.pupils, abs(old - new) * 10 > old {
                changes.append("has \(new) pupils now, no longer \(old)")
            }
            return changes.map(difference)
        }
    }
}
