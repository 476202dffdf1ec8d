internal import Synchronization

/// The same numbers in each run (SplitMix64): what a test finds among them is no matter of luck, and can be looked at
/// again.
package struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    package init(_ seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// As surroundings give them.
    package static func bytes(_ seed: UInt64) -> @Sendable (Int) -> [UInt8] {
        let source = Source(seed)
        return { count in source.bytes(count) }
    }

    private final class Source: Sendable {
        private let generator: Mutex<Seeded>

        init(_ seed: UInt64) { generator = Mutex(Seeded(seed)) }

        func bytes(_ count: Int) -> [UInt8] {
            generator.withLock { generator in
                (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            }
        }
    }
}
