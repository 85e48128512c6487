import CZlib

/// Unpacks calendars that were stored compressed, and are served without a header that says so.
enum Gzip {
    /// Why a file is not unpacked, as the end of a sentence about it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether bytes begin as a gzip file does (RFC 1952 §2.3.1).
    static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 8]) }

    /// What a gzip file holds, all of its members (RFC 1952 §2.2).
    ///
    /// - Parameter limit: the most bytes that come out.
    /// - Throws: where it is damaged, cut off, or holds more.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard CZlib_beginGzip(&stream) == Z_OK else { throw Failure(description: "could not be unpacked") }
        defer { inflateEnd(&stream) }
        var (read, output) = (0, [UInt8]())
        while read < bytes.count {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let (status, consumed, produced) = inflate(bytes[read...], into: &chunk, &stream)
            read += consumed
            output += chunk.prefix(produced)
            guard output.count <= limit else {
                throw Failure(description: "holds more than \(limit >> 20) MB unpacked")
            }
            switch status {
            case Z_OK: continue
            case Z_STREAM_END where isGzip(Array(bytes[read...].prefix(3))): inflateReset(&stream)
            // What follows the last member is padding.
            case Z_STREAM_END: return output
            case Z_BUF_ERROR where produced > 0 || consumed > 0: continue
            default: throw Failure(description: "is a damaged compressed file (gzip)")
            }
        }
        throw Failure(description: "is a compressed file (gzip) that was cut off")
    }

    /// Lets zlib go on: the pointers are its own only within the call.
    private static func inflate(
        _ input: ArraySlice<UInt8>, into chunk: inout [UInt8], _ stream: inout z_stream
    ) -> (status: Int32, consumed: Int, produced: Int) {
        input.withUnsafeBufferPointer { input in
            chunk.withUnsafeMutableBufferPointer { chunk in
                // zlib reads through this pointer, and declares it as one through which it could write.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(clamping: input.count)
                stream.next_out = chunk.baseAddress
                stream.avail_out = UInt32(clamping: chunk.count)
                let available = Int(stream.avail_in)
                let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (status, available - Int(stream.avail_in), chunk.count - Int(stream.avail_out))
            }
        }
    }
}
