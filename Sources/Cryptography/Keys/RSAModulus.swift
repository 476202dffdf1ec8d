internal import COpenSSL
internal import Groundwork

/// What can be told of an RSA modulus without its factors.
enum RSAModulus {
    static func defects(_ modulus: [UInt8]) -> [KeyDefect] {
        guard modulus.last.map({ $0 & 1 == 1 }) ?? false else { return [.evenModulus] }
        if smallPrimes.contains(where: { remainder(modulus, by: $0) == 0 }) { return [.smallFactor] }
        var found: [KeyDefect] = hasROCAFingerprint(modulus) ? [.roca] : []
        if let defect = fermat(modulus, rounds: 100) { found.append(defect) }
        return found
    }

    static func isPrime(_ modulus: [UInt8]) -> Bool {
        guard let number = BN_bin2bn(modulus, Int32(modulus.count), nil) else { return false }
        defer { BN_free(number) }
        return BN_check_prime(number, nil, nil) == 1
    }

    private static func remainder(_ number: [UInt8], by divisor: Int) -> Int {
        number.reduce(0) { ($0 << 8 | Int($1)) % divisor }
    }

    private static let smallPrimes = (3...751).filter { candidate in
        candidate % 2 == 1 && !(2..<candidate).contains { $0 * $0 <= candidate && candidate % $0 == 0 }
    }

    /// Infineon's moduli are powers of 65537 modulo every one of these primes (Nemec et al., 2017). By chance that
    /// happens to one modulus in 2^28 or so.
    private static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        rocaResidues.allSatisfy { $0.residues.contains(remainder(modulus, by: $0.prime)) }
    }

    private static let rocaResidues: [(prime: Int, residues: Set<Int>)] =
        [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map { prime in
            var residues: Set<Int> = []
            var power = 1
            repeat {
                residues.insert(power)
                power = power * 65_537 % prime
            } while !residues.contains(power)
            return (prime, residues)
        }

    /// Fermat's factorisation: n = a² − b² for an a that is not far above √n, where the factors are neighbours.
    private static func fermat(_ modulus: [UInt8], rounds: Int) -> KeyDefect? {
        guard let context = BN_CTX_new() else { return nil }
        defer { BN_CTX_free(context) }
        let numbers = (0..<5).map { _ in BN_new() }
        defer { numbers.forEach { BN_free($0) } }
        guard let n = BN_bin2bn(modulus, Int32(modulus.count), nil) else { return nil }
        defer { BN_free(n) }
        let (a, difference, step) = (numbers[0], numbers[1], numbers[2])
        let scratch = (numbers[3], numbers[4])
        squareRoot(n, into: a, scratch, context)
        BN_sqr(difference, a, context)
        if BN_cmp(difference, n) == 0 { return .squareModulus }
        // a = ⌊√n⌋ + 1; a² − n, and from then on (a + 1)² − n = (a² − n) + 2a + 1.
        BN_add_word(a, 1)
        BN_sqr(difference, a, context)
        BN_sub(difference, difference, n)
        for _ in 0..<rounds {
            if isSquare(difference, step, scratch, context) { return .closePrimes }
            BN_lshift1(step, a)
            BN_add_word(step, 1)
            BN_add(difference, difference, step)
            BN_add_word(a, 1)
        }
        return nil
    }

    /// The squares among the residues of each of these numbers let one candidate in 200 through to the root.
    private static let residuesOfSquares: [(number: UInt, squares: Set<UInt>)] = [64, 63, 65, 11].map { number in
        (number, Set((0..<number).map { $0 * $0 % number }))
    }

    private static func isSquare(
        _ number: OpaquePointer?, _ root: OpaquePointer?, _ scratch: (OpaquePointer?, OpaquePointer?),
        _ context: OpaquePointer
    ) -> Bool {
        for (modulus, squares) in residuesOfSquares where !squares.contains(UInt(BN_mod_word(number, modulus))) {
            return false
        }
        squareRoot(number, into: root, scratch, context)
        BN_sqr(scratch.0, root, context)
        return BN_cmp(scratch.0, number) == 0
    }

    /// ⌊√number⌋ by Newton's method, from above.
    private static func squareRoot(
        _ number: OpaquePointer?, into root: OpaquePointer?, _ scratch: (OpaquePointer?, OpaquePointer?),
        _ context: OpaquePointer
    ) {
        BN_set_word(root, 0)
        guard BN_num_bits(number) > 0 else { return }
        BN_set_word(root, 1)
        BN_lshift(root, root, (BN_num_bits(number) + 1) / 2)
        while true {
            let (next, _) = scratch
            guard BN_div(next, nil, number, root, context) == 1 else { return }
            BN_add(next, next, root)
            BN_rshift1(next, next)
            guard BN_cmp(next, root) < 0 else { return }
            BN_copy(root, next)
        }
    }
}
