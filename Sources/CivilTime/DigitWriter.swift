/// Writes numbers straight into the memory of a string: there are a hundred thousand times in a calendar.
struct DigitWriter {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    /// A number with zeros before it, at least so many digits wide.
    mutating func put(_ value: Int, _ width: Int) {
        if value < 0 { put("-") }
        var (rest, digits) = (value.magnitude / 10, 1)
        while rest > 0 { (rest, digits) = (rest / 10, digits + 1) }
        rest = value.magnitude
        let end = count + max(width, digits)
        for index in (count..<end).reversed() {
            bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count = end
    }

    mutating func put(_ scalar: Unicode.Scalar) {
        bytes[count] = UInt8(ascii: scalar)
        count += 1
    }

    mutating func put(_ date: CivilDate) {
        let (year, month, day) = date.components
        put(year, 4)
        put("-")
        put(month, 2)
        put("-")
        put(day, 2)
    }

    mutating func put(_ time: LocalDateTime) {
        put(time.date)
        put("T")
        let second = time.secondOfDay
        put(second / 3600, 2)
        put(":")
        put(second / 60 % 60, 2)
        put(":")
        put(second % 60, 2)
    }
}

extension String {
    /// Text that a writer writes, of 64 bytes at most.
    init(_ write: (inout DigitWriter) -> Void) {
        self.init(unsafeUninitializedCapacity: 64) { bytes in
            var writer = DigitWriter(bytes)
            write(&writer)
            return writer.count
        }
    }
}
