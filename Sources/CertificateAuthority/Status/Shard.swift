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
}
