import Foundation
import MusterModel
import TextEncodings

/// The register of schools that the Department for Education publishes (GIAS, `edubasealldata….csv`), as far as
/// muster needs it.
///
/// A download has some 46,000 rows of some 139 columns, mostly in cp1252 with a stray byte here and there: each line is
/// read as UTF-8 where it is that, and as cp1252 where it is not.
public struct SchoolRegister: Sendable {
    /// Why a file cannot be used, as a sentence.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// A school, as the register has it; what it leaves open is nil.
    public struct Establishment: Hashable, Sendable, Codable {
        /// The Unique Reference Number.
        public var urn: SchoolID
        /// The name.
        public var name: String
        /// `Open`, `Closed`, `Open, but proposed to close`.
        public var status: String
        /// The day on which it closed, as the register writes it.
        public var closed: String?
        /// The local authority, by name and by number.
        public var authority: String?
        /// The number of the local authority.
        public var authorityCode: String?
        /// The phase of education.
        public var phase: String?
        /// The region (GOR).
        public var region: String?
        /// The trust that runs it.
        public var trust: String?
        /// The federation that runs it.
        public var federation: String?
        /// How many pupils there are.
        public var pupils: Int?
        /// The street.
        public var street: String?
        /// The town.
        public var town: String?
        /// The postcode.
        public var postcode: String?

        /// Whether it teaches: also where it is proposed to close, or opens later.
        public var isOpen: Bool { !status.lowercased().hasPrefix("closed") }
    }

    /// Which schools are looked for: those of which any is true.
    public struct Choice: Sendable {
        /// These.
        public var urns: Set<SchoolID>
        /// Those of these local authorities, by name or number, that are open.
        public var authorities: Set<String>
        /// Those of these trusts that are open.
        public var trusts: Set<String>

        /// A choice; names count whatever their letters.
        public init(urns: some Sequence<SchoolID>, authorities: [String] = [], trusts: [String] = []) {
            self.urns = Set(urns)
            self.authorities = Set(authorities.map { $0.lowercased() })
            self.trusts = Set(trusts.map { $0.lowercased() })
        }

        fileprivate func holds(_ school: Establishment) -> Bool {
            func isAmong(_ names: Set<String>, _ name: String?) -> Bool {
                name.map { names.contains($0.lowercased()) } ?? false
            }
            return urns.contains(school.urn)
                || school.isOpen
                    && (isAmong(authorities, school.authority) || isAmong(authorities, school.authorityCode)
                        || isAmong(trusts, school.trust))
        }
    }

    /// Bytes of a file at most.
    private static let mostBytes = 512 << 20

    /// Those that were looked for, in the order of the file.
    public let establishments: [Establishment]
    /// How many schools the file has.
    public let count: Int
    /// Lines that were left out since they have another number of cells than there are columns.
    public let oddLines: [Int]

    /// Reads a file.
    ///
    /// - Throws: `Failure` where it cannot be read, is no download of the register, or ends in the middle.
    public init(path: String, choice: Choice) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.mostBytes else {
            throw Failure(description: "\(path) cannot be read, or is larger than \(Self.mostBytes >> 20) MB.")
        }
        try self.init(Array(data), named: path, choice: choice)
    }

    /// Reads the bytes of a file.
    ///
    /// - Parameter name: what the file is called in sentences.
    /// - Throws: `Failure` where they are no download of the register, or end in the middle.
    public init(_ bytes: [UInt8], named name: String, choice: Choice) throws(Failure) {
        guard !bytes.starts(with: Array("PK".utf8)) else {
            throw Failure(description: "\(name) is an archive; unpack it, and name the file in it.")
        }
        var columns: Columns?
        var (found, odd, count, last) = ([Establishment](), [Int](), 0, 0)
        CSVRecords.scan(Self.text(bytes)) { record in
            guard let known = columns else {
                columns = Columns(record.cells.map(\.text))
                return columns != nil
            }
            guard record.cells.count == known.count, !record.hasStrayQuotes else {
                odd.append(record.line)
                last = record.line
                return true
            }
            count += 1
            last = 0
            if let school = known.establishment(record.cells), choice.holds(school) { found.append(school) }
            return true
        }
        guard columns != nil else {
            throw Failure(
                description:
                    "\(name) is no download of GIAS: its first line should name the columns \(Columns.required.joined(separator: ", ")). Take “all establishment data” from get-information-schools.service.gov.uk."
            )
        }
        guard last == 0 else {
            throw Failure(
                description:
                    "\(name) ends in the middle of line \(last): it was not downloaded whole. Download it again.")
        }
        (establishments, self.count, oddLines) = (found, count, odd)
    }

    /// The text, line by line in the encoding that fits; ends of lines as they are everywhere.
    private static func text(_ bytes: [UInt8]) -> String {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let text =
            String(validating: bytes, as: UTF8.self)
            ?? bytes
            .split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { Charset.text($0) }.joined(separator: "\n")
        return text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }
}

/// Where the columns of a download stand.
private struct Columns {
    static let required = ["URN", "EstablishmentName", "EstablishmentStatus (name)"]

    let count: Int
    private let places: [String: Int]

    /// The columns that a first line names; nil where it is that of another table.
    init?(_ names: [String]) {
        count = names.count
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        guard Self.required.allSatisfy({ places[$0] != nil }) else { return nil }
    }

    func establishment(_ cells: [CSVRecords.Cell]) -> SchoolRegister.Establishment? {
        func cell(_ name: String) -> String? {
            guard let place = places[name] else { return nil }
            let text = cells[place].text.filter { !$0.isNewline }
            return text.isEmpty || Self.nothing.contains(text.lowercased()) ? nil : text
        }
        guard let urn = cell("URN"), Int(urn) != nil, let name = cell("EstablishmentName") else { return nil }
        return SchoolRegister.Establishment(
            urn: SchoolID(urn), name: name, status: cell("EstablishmentStatus (name)") ?? "Open",
            closed: cell("CloseDate"),
            authority: cell("LA (name)"), authorityCode: cell("LA (code)"), phase: cell("PhaseOfEducation (name)"),
            region: cell("GOR (name)"), trust: cell("Trusts (name)"), federation: cell("Federations (name)"),
            pupils: cell("NumberOfPupils").flatMap { Int($0) }, street: cell("Street"), town: cell("Town"),
            postcode: cell("Postcode"))
    }

    /// How the register writes that there is nothing.
    private static let nothing: Set<String> = ["not applicable", "not under a federation", "not supported by a trust"]
}
