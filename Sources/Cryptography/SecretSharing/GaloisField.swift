/// The field of 256 elements with AES's polynomial x⁸ + x⁴ + x³ + x + 1 (FIPS 197, 4.2), without tables: no address
/// and no branch depends on an element, so neither time nor cache tells what was multiplied.
enum GaloisField {
    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var factor = left
        var bits = right
        var product: UInt8 = 0
        for _ in 0..<8 {
            product ^= factor & (0 &- (bits & 1))
            let overflow = 0 &- (factor >> 7)
            factor = (factor << 1) ^ (0x1B & overflow)
            bits >>= 1
        }
        return product
    }

    /// a²⁵⁴, which is 1/a for every a but 0.
    static func inverse(_ element: UInt8) -> UInt8 {
        var power = element
        var result: UInt8 = 1
        // 254 = 11111110₂: the squares from the second on.
        for _ in 0..<7 {
            power = multiply(power, power)
            result = multiply(result, power)
        }
        return result
    }
}
