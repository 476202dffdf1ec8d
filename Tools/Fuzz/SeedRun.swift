#if !LIBFUZZER
    import Foundation

    /// The targets without libFuzzer, for a moment: each is fed its seeds and what becomes of them when a few bytes
    /// change. Nothing guides it; it shows that every target still takes what it is meant for.
    ///
    /// `fuzz CORPUS [VARIATIONS]`, the corpus being a folder with a folder of seeds for each target; or, as under
    /// libFuzzer, the seeds are written where `YZT_FUZZ_SEEDS` says.
    @main enum SeedRun {
        static func main() {
            _ = fuzzInitialize(nil, nil)
            guard CommandLine.arguments.count >= 2 else {
                print("usage: fuzz CORPUS [VARIATIONS]")
                exit(64)
            }
            let variations = CommandLine.arguments.dropFirst(2).first.flatMap(Int.init) ?? 100
            var without: [String] = []
            for target in FuzzTarget.allCases {
                let seeds = Self.seeds(of: target, in: CommandLine.arguments[1])
                if seeds.isEmpty { without.append(target.rawValue) }
                var bits = Bits(state: 0x9E37_79B9_7F4A_7C15)
                for seed in seeds {
                    target.feed(seed)
                    for _ in 0..<variations { target.feed(bits.change(seed)) }
                }
                print("\(target.rawValue): \(seeds.count * (variations + 1)) inputs")
            }
            guard without.isEmpty else {
                print("targets without a seed: \(without.joined(separator: " "))")
                exit(1)
            }
        }

        private static func seeds(of target: FuzzTarget, in corpus: String) -> [[UInt8]] {
            let folder = "\(corpus)/\(target.rawValue)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.sorted().compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)").map(Array.init) }
        }

        /// The same bits in every run (xorshift).
        private struct Bits {
            var state: UInt64

            mutating func next(below bound: Int) -> Int {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                return Int(state % UInt64(bound))
            }

            /// Up to four bytes changed, left out or put in.
            mutating func change(_ seed: [UInt8]) -> [UInt8] {
                var bytes = seed
                for _ in 0...next(below: 4) {
                    let byte = UInt8(next(below: 256))
                    let position = next(below: bytes.count + 1)
                    switch next(below: 3) {
                    case 0 where position < bytes.count: bytes[position] = byte
                    case 1 where position < bytes.count: bytes.remove(at: position)
                    default: bytes.insert(byte, at: position)
                    }
                }
                return bytes
            }
        }
    }
#endif
