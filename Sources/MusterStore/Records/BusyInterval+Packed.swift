import CivilTime
import Foundation
import MusterModel

/// Busy times in a few bytes each: a nation has five million of them, and every plan reads them all.
///
/// For each interval two numbers: the seconds since the end of the one before (of the first, since 1970), and its length in
/// seconds, doubled, and one more where it is tentative. A number is signed by its lowest bit, and is written in groups of
/// seven bits, the lowest first, of which all but the last have the highest bit set (LEB128).
extension [BusyInterval] {
    /// The bytes, as the column has them.
    var packed: Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(6 * count)
        var end = 0
        for interval in self {
            Self.append(interval.start.seconds &- end, &bytes)
            let length = interval.end.seconds &- interval.start.seconds
            Self.append(2 &* length &+ (interval.isTentative ? 1 : 0), &bytes)
            end = interval.end.seconds
        }
        return Data(bytes)
    }

    /// Reads the bytes.
    ///
    /// - Throws: `DecodingError` for bytes that end within a number or an interval, and for numbers of more than 64 bits.
    init(packed data: Data) throws { self = try data.withUnsafeBytes { try Self(packed: $0) } }

    private init(packed bytes: UnsafeRawBufferPointer) throws {
        self = []
        // Each number ends with a byte that has not the highest bit.
        reserveCapacity(bytes.count { $0 & 0x80 == 0 } / 2)
        var (end, gap, number, shift) = (0, Int?.none, UInt64(0), UInt64(0))
        for byte in bytes {
            guard shift < 63 || shift == 63 && byte <= 1 else { throw Self.damaged }
            number |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            let value = Int(bitPattern: UInt(number >> 1)) ^ -Int(number & 1)
            (number, shift) = (0, 0)
            if let space = gap {
                let start = end &+ space
                end = start &+ value >> 1
                append(
                    BusyInterval(
                        start: Instant(seconds: start), end: Instant(seconds: end), isTentative: value & 1 == 1))
                gap = nil
            } else {
                gap = value
            }
        }
        guard gap == nil, shift == 0 else { throw Self.damaged }
    }

    private static var damaged: DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: "these are no busy times"))
    }

    private static func append(_ value: Int, _ bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
