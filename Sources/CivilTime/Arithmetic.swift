/// The quotient rounded towards minus infinity; the divisor is positive.
@inlinable
@inline(__always)
public func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
}

/// The remainder that is never negative; the divisor is positive.
@inlinable
@inline(__always)
public func floorModulo(_ value: Int, _ divisor: Int) -> Int {
    value - floorDivide(value, divisor) * divisor
}

/// The number that ASCII digits spell, or nil where anything else stands or more than nine digits.
func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 9 else { return nil }
    var value = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        value = value * 10 + Int(digit - 0x30)
    }
    return value
}
