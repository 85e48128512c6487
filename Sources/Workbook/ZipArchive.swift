/// Files in one file, as they are (APPNOTE 6.3.9): not compressed, which takes no library, and of no date, so that the
/// same files make the same bytes.
struct ZipArchive {
    private struct Entry {
        let name: [UInt8]
        let checksum: UInt32
        let size: UInt32
        let offset: UInt32
    }

    /// The first of January 1980, the earliest day that the format knows.
    private static let day: UInt16 = 0x0021
    /// Names are UTF-8.
    private static let flags: UInt16 = 0x0800

    private var content: [UInt8] = []
    private var entries: [Entry] = []

    /// Adds a file.
    mutating func add(_ name: String, _ text: String) {
        let data = Array(text.utf8)
        let entry = Entry(
            name: Array(name.utf8), checksum: Self.checksum(data), size: UInt32(truncatingIfNeeded: data.count),
            offset: UInt32(truncatingIfNeeded: content.count))
        content.append(0x0403_4B50 as UInt32)
        content.append(20 as UInt16)
        append(entry, to: &content)
        content += entry.name
        content += data
        entries.append(entry)
    }

    /// The whole file.
    var bytes: [UInt8] {
        var directory: [UInt8] = []
        for entry in entries {
            directory.append(0x0201_4B50 as UInt32)
            directory.append(20 as UInt16)
            directory.append(20 as UInt16)
            append(entry, to: &directory)
            for _ in 0..<3 { directory.append(0 as UInt16) }
            directory.append(0 as UInt32)
            directory.append(entry.offset)
            directory += entry.name
        }
        var end: [UInt8] = []
        end.append(0x0605_4B50 as UInt32)
        end.append(0 as UInt32)
        for _ in 0..<2 { end.append(UInt16(truncatingIfNeeded: entries.count)) }
        end.append(UInt32(truncatingIfNeeded: directory.count))
        end.append(UInt32(truncatingIfNeeded: content.count))
        end.append(0 as UInt16)
        return content + directory + end
    }

    /// What a file's own header and its entry in the directory have in common, to the length of what is added.
    private func append(_ entry: Entry, to bytes: inout [UInt8]) {
        bytes.append(Self.flags)
        bytes.append(0 as UInt16)
        bytes.append(0 as UInt16)
        bytes.append(Self.day)
        bytes.append(entry.checksum)
        bytes.append(entry.size)
        bytes.append(entry.size)
        bytes.append(UInt16(truncatingIfNeeded: entry.name.count))
        bytes.append(0 as UInt16)
    }

    /// CRC-32 as the format has it.
    static func checksum(_ data: [UInt8]) -> UInt32 {
        ~data.reduce(~0 as UInt32) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}

extension [UInt8] {
    /// Little-endian.
    fileprivate mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
