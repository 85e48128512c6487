import Foundation

/// Inputs as strangers might write them: some that are right, changed by chance, the same for the same seed.
public struct Mutations: Sequence, IteratorProtocol {
    /// What has broken programs before: numbers at and beyond the edges, marks, and what is no text.
    private static let oddities: [String] = [
        "-9223372036854775808", "9223372036854775807", "18446744073709551616", "-1", "0", "1e999", "NaN", "null",
        "true",
        "[]", "{}", "\"", "'", "\\", "\u{0}", "\u{1B}[31m", "\u{202E}", "\u{301}", "\u{FEFF}", "\r", "\n\n", "\t", ",",
        ";",
        ":", "=", "%s", "&a ", "*a ", "- ", "? ", "{{", "}}", "{{{", "{{#", "{{/", "<!--", "]]>", "../", "9999-12-31",
        "0000-00-00",
        "2027-02-30", "24:00", "99:99", String(repeating: "9", count: 400), String(repeating: "[", count: 300),
    ]

    private let seeds: [[UInt8]]
    private var left: Int
    private var random: SeededGenerator

    /// So many inputs, times `$MUSTER_MUTATIONS` where that is set.
    public init(of seeds: [String], count: Int, seed: UInt64) {
        self.seeds = seeds.map { Array($0.utf8) }
        left = count * (ProcessInfo.processInfo.environment["MUSTER_MUTATIONS"].flatMap { Int($0) } ?? 1)
        random = SeededGenerator(seed: seed)
    }

    /// The next one; nil after the last.
    public mutating func next() -> [UInt8]? {
        guard left > 0, var bytes = seeds.randomElement(using: &random) else { return nil }
        left -= 1
        for _ in 0...random.number(0...3) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = random.number(0...bytes.count)
        let length = Swift.min(bytes.count - place, random.number(0...40))
        let part = place..<place + length
        switch random.number(0...6) {
        case 0: bytes.replaceSubrange(part, with: [])
        case 1:
            bytes.insert(contentsOf: Array(repeating: bytes[part], count: random.number(1...50)).joined(), at: place)
        case 2: bytes = Array(bytes[..<place])
        case 3 where place < bytes.count: bytes[place] = UInt8(random.number(0...255))
        case 4: replaceNumber(&bytes, from: place)
        default: bytes.insert(contentsOf: oddity, at: place)
        }
    }

    /// The first number after a place, or a word where there is none, becomes something else.
    private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: oddity)
    }

    private var oddity: [UInt8] {
        mutating get { Array((Self.oddities.randomElement(using: &random) ?? "").utf8) }
    }
}
