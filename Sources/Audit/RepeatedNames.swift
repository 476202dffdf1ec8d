/// Finds names that stand twice among millions, in memory that does not grow with them: a first pass marks each name in
/// a table of bits and notes those whose bits were all marked before, a second pass counts exactly these.
struct RepeatedNames {
    private static let marks = 4

    /// The table has two to the power of so many bits, at most 32 MiB: of twenty million names it then suspects about
    /// one in two hundred in vain.
    private let power: Int
    private var table: [UInt64]
    private var suspected: Set<Int> = []
    private var seen: Set<String> = []

    /// - Parameter expected: about how many names there will be.
    init(expected: Int) {
        let wanted = max(1 << 9, min(expected, 1 << 24)) * 16
        power = min(28, Int.bitWidth - wanted.leadingZeroBitCount)
        table = [UInt64](repeating: 0, count: 1 << (power - 6))
    }

    /// Whether a second pass is needed.
    var areSuspected: Bool { !suspected.isEmpty }

    /// First pass.
    mutating func note(_ name: String) {
        let hash = name.hashValue
        var isNew = false
        var place = hash
        for _ in 0..<Self.marks {
            place = place &* 0x2545_F491_4F6C_DD1D &+ 1
            let bit = Int(UInt(bitPattern: place) >> (Int.bitWidth - power))
            if table[bit >> 6] & (1 << (bit & 63)) == 0 {
                isNew = true
                table[bit >> 6] |= 1 << (bit & 63)
            }
        }
        if !isNew { suspected.insert(hash) }
    }

    /// Second pass: whether the name was there before.
    mutating func isRepeated(_ name: String) -> Bool {
        suspected.contains(name.hashValue) && !seen.insert(name).inserted
    }
}
