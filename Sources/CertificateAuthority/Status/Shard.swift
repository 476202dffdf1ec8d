package import Cryptography
package import Groundwork

/// Which of an issuer's revocation lists a serial number belongs to: fixed when it is drawn, for ever.
package enum Shard {
    /// The last four bytes, which are random, modulo the number of lists.
    package static func number(of serial: SerialNumber, among shards: Int) -> Int {
        number(of: serial.bytes[...], among: shards)
    }

    static func number(of serial: ArraySlice<UInt8>, among shards: Int) -> Int {
        Int(serial.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) % max(1, shards)
    }

    /// Whether entries stay in this list after their certificates' end, and the list says so (expiredCertsOnCRL).
    ///
    /// Signatures are judged years later, logins never: so certificates that sign and seal get the odd lists, all others the
    /// even ones, and what a list says about expired certificates is true of every certificate in it.
    package static func keepsExpired(_ shard: Int, among shards: Int) -> Bool { shards > 1 && shard % 2 == 1 }

    /// A random serial number whose list is one for this purpose. It costs one bit of 127.
    package static func draw(
        for purpose: CertificatePurpose, among shards: Int, in surroundings: Surroundings
    ) -> SerialNumber {
        var serial = SerialNumber.random(in: surroundings)
        guard shards > 1 else { return serial }
        // A bounded number of draws: surroundings without randomness (a test's) get what they gave.
        for _ in 0..<64 where keepsExpired(number(of: serial, among: shards), among: shards) != purpose.isSignature {
            serial = SerialNumber.random(in: surroundings)
        }
        return serial
    }
}
