package import CertificateProfiles
package import Cryptography
package import Groundwork
internal import Synchronization

/// Where one process's serial numbers come from: all 127 bits random, the first 31 of them drawn once for a whole run.
///
/// Each number has twelve bytes of its own, one bit of which tells the revocation list: 95 bits that nobody can
/// foresee, where 64 are asked for (CA/Browser Forum BR 7.1). The four bytes before them are the same for as many
/// numbers as are drawn in succession, so that what is stored together lies together: with wholly random numbers each
/// row of a million goes to a page of its own, in three indexes.
package final class SerialNumberSource: Sendable {
    /// Numbers with one beginning.
    package static let run = 4096

    private struct Run {
        var beginning: ArraySlice<UInt8> = []
        var left = 0
    }
    private let current = Mutex(Run())

    package init() {}

    /// A number whose list is one for this purpose.
    package func draw(
        for purpose: CertificatePurpose, among shards: Int, in surroundings: Surroundings
    ) -> SerialNumber {
        let beginning = beginning(in: surroundings)
        var serial = SerialNumber.random(in: surroundings)
        // A bounded number of draws: surroundings without randomness (a test's) get what they gave.
        for _ in 0..<64 {
            serial = SerialNumber(beginning + surroundings.randomBytes(12)) ?? serial
            if Shard.suits(serial, for: purpose, among: shards) { break }
        }
        return serial
    }

    private func beginning(in surroundings: Surroundings) -> ArraySlice<UInt8> {
        current.withLock { run in
            if run.left == 0 {
                run = Run(beginning: SerialNumber.random(in: surroundings).bytes.prefix(4), left: Self.run)
            }
            run.left -= 1
            return run.beginning
        }
    }
}
