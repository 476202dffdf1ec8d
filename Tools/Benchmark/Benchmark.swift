import Cryptography
import Foundation
import Groundwork

/// Measures issuance, status, login and personalisation in the three families, each beside `openssl speed` taken in the
/// same run, for on a shared machine only the ratio means anything. Started by Tools/benchmark: ROOT DATA [SECONDS];
/// the second set by `authority …` (``AuthorityBenchmark``), the third by `memory …` (``MemoryBenchmark``).
@main enum Benchmark {
    static func main() async {
        ParentWatch.begin()
        do { try await run() } catch {
            FileHandle.standardError.write(Data("benchmark: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func run() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case "authority": return try await AuthorityBenchmark.run(Array(CommandLine.arguments.dropFirst(2)))
        case "memory": return try await MemoryBenchmark.run(Array(CommandLine.arguments.dropFirst(2)))
        case "heading": return Figures.heading()
        case "hello": return try await AuthorityBenchmark.hello()
        default: break
        }
        guard CommandLine.arguments.count >= 3 else {
            print("usage: benchmark CHECKOUT DATA-DIRECTORY [SECONDS]")
            exit(64)
        }
        let (root, data) = (CommandLine.arguments[1], CommandLine.arguments[2])
        let seconds = CommandLine.arguments.dropFirst(3).first.flatMap(Double.init) ?? 1
        let table = Table()
        for family in AlgorithmFamily.allCases {
            FileHandle.standardError.write(Data("measuring \(family.rawValue)\n".utf8))
            let yardstick = try OpenSSLSpeed(family, folder: data)
            table.add(family, yardstick)
            let room = try await Room(family, root: root, folder: "\(data)/\(family.rawValue)")
            try await room.measureIssuance(seconds: seconds, yardstick, into: table)
            try await room.measureStatus(seconds: seconds, yardstick, into: table)
            try await room.measureLogin(count: seconds < 0.1 ? 10 : 100, yardstick, into: table)
            try await room.measurePersonalisation(times: seconds < 0.1 ? 1 : 3, into: table)
        }
    }
}
