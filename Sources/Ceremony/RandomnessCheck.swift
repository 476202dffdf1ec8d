internal import Cryptography
internal import Groundwork

/// Looks at 20,000 bits of the generator that makes the keys: monobit, poker, runs and longest run, with the bounds of
/// FIPS 140-2 (change notice 1), 4.9.1. They find a generator that is broken, not one that is guessed.
struct RandomnessCheck: Sendable, Hashable {
    let ones: Int
    /// Times 1000.
    let poker: Int
    let longestRun: Int
    /// Runs of zeros and of ones, of lengths 1 to 5 and of 6 and more.
    let runs: [[Int]]

    static let bytes = 2_500

    init(_ sample: [UInt8]) {
        let bits = sample.flatMap { byte in (0..<8).reversed().map { (byte >> $0) & 1 } }
        ones = bits.reduce(0) { $0 + Int($1) }
        var counts = [Int](repeating: 0, count: 16)
        for byte in sample {
            counts[Int(byte >> 4)] += 1
            counts[Int(byte & 15)] += 1
        }
        // X = (16 / 5000) · Σ f² − 5000
        poker = 16 * counts.reduce(0) { $0 + $1 * $1 } / 5 - 5_000_000
        var runs = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 2)
        var longest = 0
        var length = 0
        var previous: UInt8?
        for bit in bits + [2] {
            if bit == previous {
                length += 1
            } else {
                if let previous { runs[Int(previous)][min(length, 6) - 1] += 1 }
                longest = max(longest, length)
                length = 1
                previous = bit
            }
        }
        self.runs = runs
        longestRun = longest
    }

    private static let bounds = [2_315...2_685, 1_114...1_386, 527...723, 240...384, 103...209, 103...209]

    var passes: Bool {
        (9_726...10_274).contains(ones) && (2_160...46_170).contains(poker) && longestRun < 26
            && runs.allSatisfy { zip($0, Self.bounds).allSatisfy { $1.contains($0) } }
    }

    var line: String {
        "randomness: \(ones) ones of 20000, poker \(poker / 1000), longest run \(longestRun), runs "
            + runs.map { $0.map(String.init).joined(separator: "/") }.joined(separator: " and ")
    }
}
