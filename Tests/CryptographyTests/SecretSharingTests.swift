import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Testing

@Suite struct SecretSharingTests {
    private static func secret(_ count: Int = 32) throws -> SecretBytes {
        try SecretSharing.randomSecret(count: count)
    }

    private static func subsets(of count: Int, size: Int) -> [[Int]] {
        (0..<(1 << count)).filter { $0.nonzeroBitCount == size }.map { mask in
            (0..<count).filter { mask & (1 << $0) != 0 }
        }
    }

    @Test(arguments: [(2, 2), (3, 5), (2, 5), (5, 5), (4, 7)])
    func `Every subset of the threshold joins the secret, in any order; one fewer does not`(
        _ threshold: Int, _ count: Int
    )
        throws
    {
        for length in [1, 16, 32, 64] {
            let secret = try Self.secret(length)
            let shares = try SecretSharing.divide(secret, among: count, threshold: threshold)
            #expect(shares.map(\.number) == Array(1...UInt8(count)))
            for subset in Self.subsets(of: count, size: threshold) {
                let chosen = subset.map { shares[$0] }
                let joined = try SecretSharing.join(chosen)
                let reversed = try SecretSharing.join(chosen.reversed())
                let (isSame, isSameReversed) = (joined.equals(secret), reversed.equals(secret))
                #expect(isSame && isSameReversed, "\(subset)")
            }
            let all = try SecretSharing.join(shares)
            let allJoin = all.equals(secret)
            #expect(allJoin)
            guard threshold > 2, length >= 16 else { continue }
            for subset in Self.subsets(of: count, size: threshold - 1) {
                let joined = try SecretSharing.join(subset.map { shares[$0] })
                let isSame = joined.equals(secret)
                #expect(!isSame, "\(subset) is too few")
            }
        }
    }

    @Test func `Two shares of three are compatible with every secret`() throws {
        // For each value of a byte there is a third share that leads to it: two shares tell nothing.
        let secret = try Self.secret(1)
        let shares = try SecretSharing.divide(secret, among: 3, threshold: 3)
        var reached = Set<UInt8>()
        for value in UInt8.min...UInt8.max {
            let third = SecretShare(number: 3, value: SecretBytes(copying: [value]))
            let joined = try SecretSharing.join([shares[0], shares[1], third])
            reached.insert(joined.withBytes { $0[0] })
        }
        #expect(reached.count == 256)
    }

    @Test func `Shares that do not go together are refused`() throws {
        let secret = try Self.secret()
        let shares = try SecretSharing.divide(secret, among: 5, threshold: 3)
        let rejected = Refusal(CryptographyRefusal.keyRejected)
        #expect(throws: rejected) { _ = try SecretSharing.join([shares[0], shares[0], shares[1]]) }
        #expect(throws: rejected) { _ = try SecretSharing.join([shares[0]]) }
        #expect(throws: rejected) {
            _ = try SecretSharing.join([shares[0], SecretShare(number: 0, value: SecretBytes(copying: [1]))])
        }
        #expect(throws: rejected) {
            _ = try SecretSharing.join([shares[0], SecretShare(number: 9, value: SecretBytes(copying: [1]))])
        }
        for (count, threshold) in [(5, 1), (5, 6), (33, 3), (0, 0)] {
            let refused = #expect(throws: Refusal.self) {
                _ = try SecretSharing.divide(SecretBytes(copying: [1, 2, 3]), among: count, threshold: threshold)
            }
            #expect(refused?.isBecause(CryptographyRefusal.keyRejected) == true)
        }
    }

    @Test func `A commitment names one share in one context`() throws {
        let secret = try Self.secret()
        let shares = try SecretSharing.divide(secret, among: 5, threshold: 3)
        let all = shares.flatMap { [$0.commitment(context: [1]), $0.commitment(context: [2])] }
        #expect(Set(all).count == 10)
        #expect(shares[0].commitment(context: [1]) == all[0])
    }

    /// The same by another program: Lagrange over the same field in ten lines of Python, with tables.
    @Test func `Python joins what we divided`() throws {
        let secret = try Self.secret()
        let shares = try SecretSharing.divide(secret, among: 5, threshold: 3)
        let words = [shares[4], shares[0], shares[2]].map { share in
            "\(share.number):\(share.value.withBytes { Hex.encode(Array($0)) })"
        }
        let program = """
            import sys
            exp, log, x = [0] * 510, [0] * 256, 1
            for i in range(255):
                exp[i] = exp[i + 255] = x; log[x] = i
                x ^= (x << 1) ^ (0x11b if x & 0x80 else 0)
            mul = lambda a, b: 0 if 0 in (a, b) else exp[log[a] + log[b]]
            div = lambda a, b: 0 if a == 0 else exp[log[a] - log[b] + 255]
            shares = [(int(w.split(":")[0]), bytes.fromhex(w.split(":")[1])) for w in sys.argv[1:]]
            out = bytearray(32)
            for x, value in shares:
                weight = 1
                for other, _ in shares:
                    if other != x: weight = mul(weight, div(other, other ^ x))
                for i in range(32): out[i] ^= mul(value[i], weight)
            print(out.hex())
            """
        let outcome = try OtherProgram.run(["python3", "-c", program] + words)
        #expect(outcome.status == 0, "\(outcome.said)")
        #expect(
            outcome.text.trimmingCharacters(in: .whitespacesAndNewlines) == secret.withBytes { Hex.encode(Array($0)) })
    }
}
