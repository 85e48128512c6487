extension TimeZoneRules {
    /// Reads the bytes of a TZif file (RFC 8536), versions 1 to 4; nil where they are none.
    ///
    /// The system's tzdata is read instead of Foundation's, whose copy inside the toolchain no package update reaches.
    public init?(name: String, tzif bytes: [UInt8]) {
        var reader = TZifReader(bytes)
        guard let first = reader.header() else { return nil }
        var header = first
        if header.version >= 2 {
            reader.skip(header.bodyLength(timeSize: 4))
            guard let second = reader.header() else { return nil }
            header = second
        }
        guard let table = reader.table(header, timeSize: header.version >= 2 ? 8 : 4) else { return nil }
        let tail = header.version >= 2 ? reader.footer().flatMap(YearlyRule.init(posix:)) : nil
        let start = table.types.first { !$0.isDaylight } ?? table.types[0]
        self.init(
            name: name, firstOffset: start.offset, firstAbbreviation: start.abbreviation,
            transitions: table.transitions, tail: tail)
    }
}

private struct TZifReader {
    struct Header {
        let version: Int
        let counts: [Int]  // isutc, isstd, leap, time, type, char

        func bodyLength(timeSize: Int) -> Int {
            counts[3] * (timeSize + 1) + counts[4] * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1] + counts[0]
        }
    }

    struct LocalType {
        let offset: Int
        let isDaylight: Bool
        let abbreviation: String
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func skip(_ count: Int) { position += count }

    mutating func header() -> Header? {
        guard position + 44 <= bytes.count, bytes[position..<position + 4].elementsEqual([0x54, 0x5A, 0x69, 0x66])
        else { return nil }
        let mark = bytes[position + 4]
        position += 20
        let counts = (0..<6).map { _ in integer(4) }
        guard counts.allSatisfy({ (0..<100_000).contains($0) }), counts[4] > 0 else { return nil }
        return Header(version: mark == 0 ? 1 : Int(mark) - 0x30, counts: counts)
    }

    mutating func table(_ header: Header, timeSize: Int) -> (
        types: [LocalType], transitions: [TimeZoneRules.Transition]
    )? {
        guard position + header.bodyLength(timeSize: timeSize) <= bytes.count else { return nil }
        let times = (0..<header.counts[3]).map { _ in integer(timeSize) }
        let indices = (0..<header.counts[3]).map { _ in integer(1) & 0xFF }
        let raw = (0..<header.counts[4]).map { _ in (integer(4), integer(1) != 0, integer(1) & 0xFF) }
        let names = bytes[position..<position + header.counts[5]]
        position += header.counts[5] + header.counts[2] * (timeSize + 4) + header.counts[1] + header.counts[0]
        let types = raw.map { offset, isDaylight, index in
            let name = names.dropFirst(index).prefix { $0 != 0 }
            return LocalType(
                offset: offset, isDaylight: isDaylight, abbreviation: String(decoding: name, as: UTF8.self))
        }
        guard indices.allSatisfy({ $0 < types.count }) else { return nil }
        let transitions = zip(times, indices).map { time, index in
            TimeZoneRules.Transition(
                at: Instant(seconds: time), offset: types[index].offset, isDaylight: types[index].isDaylight,
                abbreviation: types[index].abbreviation)
        }
        return (types, transitions)
    }

    mutating func footer() -> String? {
        guard position < bytes.count, bytes[position] == 0x0A else { return nil }
        return String(decoding: bytes[(position + 1)...].prefix { $0 != 0x0A }, as: UTF8.self)
    }

    private mutating func integer(_ size: Int) -> Int {
        var value = Int(Int8(bitPattern: bytes[position]))
        for offset in 1..<max(size, 1) where size > 1 { value = value << 8 | Int(bytes[position + offset]) }
        position += size
        return value
    }
}
