import CertificateProfiles
import Cryptography
import Groundwork
import Issuance
import OtherPrograms
import Testing

@testable import AuthorityFixtures

/// What can be foreseen of a serial number, and what cannot.
@Suite struct SerialNumberSourceTests {
    private static let shards = 64
    private static let purposes: [CertificatePurpose] = [.authentication, .signature]
    /// What is counted below is no matter of luck.
    private static func seeded() -> Surroundings {
        var surroundings = Surroundings.real
        surroundings.randomBytes = Seeded.bytes(20_261_121)
        return surroundings
    }

    @Test(arguments: purposes) func `Twelve bytes of a number are its own; its list suits its purpose`(
        purpose: CertificatePurpose
    ) {
        let (source, surroundings) = (SerialNumberSource(), Self.seeded())
        let serials = (0..<SerialNumberSource.run).map { _ in
            source.draw(for: purpose, among: Self.shards, in: surroundings)
        }
        #expect(Set(serials).count == serials.count)
        #expect(Set(serials.map { $0.bytes.prefix(4) }).count == 1)
        for serial in serials {
            let shard = Shard.number(of: serial, among: Self.shards)
            #expect(Shard.keepsExpired(shard, among: Self.shards) == purpose.isSignature)
        }
        // Every bit but the one that tells the list is set as often as not: six deviations of 4,096 coins are 192.
        for bit in 32..<127 {
            let set = serials.filter { $0.bytes[bit / 8] >> (7 - UInt8(bit % 8)) & 1 == 1 }.count
            #expect(abs(set - serials.count / 2) < 200, "bit \(bit) is set in \(set) of \(serials.count)")
        }
    }

    @Test func `A run ends, and no two sources begin alike`() {
        let surroundings = Self.seeded()
        let beginnings = (0..<50).flatMap { _ in
            let source = SerialNumberSource()
            let first = source.draw(for: .authentication, among: Self.shards, in: surroundings)
            for _ in 1..<SerialNumberSource.run {
                _ = source.draw(for: .authentication, among: Self.shards, in: surroundings)
            }
            let next = source.draw(for: .authentication, among: Self.shards, in: surroundings)
            return [first, next].map { $0.bytes.prefix(4) }
        }
        #expect(Set(beginnings).count == beginnings.count)
        #expect(beginnings.allSatisfy { (1...0x7F).contains($0.first ?? 0) })
    }

    @Test func `Surroundings without randomness do not hang it`() {
        let still = Surroundings(
            now: Surroundings.real.now, monotonicNanoseconds: Surroundings.real.monotonicNanoseconds,
            randomBytes: { [UInt8](repeating: 0, count: $0) })
        let serial = SerialNumberSource().draw(for: .signature, among: Self.shards, in: still)
        #expect(serial.bytes.count == 16)
    }
}
