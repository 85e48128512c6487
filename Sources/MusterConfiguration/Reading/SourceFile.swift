import Foundation

/// A text file of the config, whatever its encoding.
struct SourceFile {
    /// As it is shown in diagnostics.
    let path: String
    let text: String

    private static let maximumBytes = 64 << 20

    /// Reads a file; what cannot be read is reported and nil.
    ///
    /// Files that are not UTF-8 are taken for Windows' cp1252, in which spreadsheets and GIAS still write.
    init?(path: String, _ collector: DiagnosticCollector) {
        self.path = path
        let location = Diagnostic.Location(file: path)
        guard let text = Self.text(location, collector) else {
            collector.leftOut(path)
            return nil
        }
        self.text = text
    }

    /// The same with what was read of it already.
    init?(path: String, _ data: Data, _ collector: DiagnosticCollector) {
        self.path = path
        guard let text = Self.text(data, location: Diagnostic.Location(file: path), collector: collector) else {
            return nil
        }
        self.text = text
    }

    private static func text(_ location: Diagnostic.Location, _ collector: DiagnosticCollector) -> String? {
        guard let handle = FileHandle(forReadingAtPath: location.file) else {
            collector.error(location, "the file cannot be read; check that it is there and that muster may read it")
            return nil
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: maximumBytes + 1) ?? Data() else {
            collector.error(location, "this is no readable file")
            return nil
        }
        return text(data, location: location, collector: collector)
    }

    private static func text(
        _ data: Data, location: Diagnostic.Location, collector: DiagnosticCollector
    ) -> String? {
        guard data.count <= maximumBytes else {
            collector.error(location, "the file is larger than \(maximumBytes >> 20) MB; is it the right one?")
            return nil
        }
        guard !data.starts(with: [0xFF, 0xFE]), !data.starts(with: [0xFE, 0xFF]), !data.contains(0) else {
            collector.error(location, "the file is UTF-16 or no text; save it as \"CSV UTF-8\" or as plain UTF-8 text")
            return nil
        }
        let bytes = withoutReturns(data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data)
        guard let text = String(data: bytes, encoding: .utf8) ?? String(data: bytes, encoding: .windowsCP1252) else {
            collector.error(location, "the file is neither UTF-8 nor Windows cp1252; save it as UTF-8")
            return nil
        }
        return text
    }

    /// Lines that end as on Windows or old Macs end as elsewhere, in both encodings.
    private static func withoutReturns(_ data: Data) -> Data {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        guard data.contains(carriageReturn) else { return data }
        var (bytes, last) = ([UInt8](), UInt8(0))
        bytes.reserveCapacity(data.count)
        for byte in data {
            if byte == carriageReturn || byte != lineFeed || last != carriageReturn {
                bytes.append(byte == carriageReturn ? lineFeed : byte)
            }
            last = byte
        }
        return Data(bytes)
    }

    /// Whether a line, counted from 1, has a tab in it.
    func hasTab(line: Int?) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let line, lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].contains("\t")
    }

    func location(_ line: Int? = nil, _ column: Int? = nil) -> Diagnostic.Location {
        Diagnostic.Location(file: path, line: line, column: column)
    }
}
