package import Cryptography

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
    /// Signatures are judged years later, logins never: so certificates that sign and seal get the odd lists, all
    /// others the even ones, and what a list says about expired certificates is true of every certificate in it.
    package static func keepsExpired(_ shard: Int, among shards: Int) -> Bool { shards > 1 && shard % 2 == 1 }

    /// Whether this number's list is one for certificates of this purpose.
    package static func suits(_ serial: SerialNumber, for purpose: CertificatePurpose, among shards: Int) -> Bool {
        shards <= 1 || keepsExpired(number(of: serial, among: shards), among: shards) == purpose.isSignature
    }
}
