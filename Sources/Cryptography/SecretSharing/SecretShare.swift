package import Groundwork

/// One share of a divided secret: the number of the share and as many bytes as the secret has.
package final class SecretShare: Sendable {
    /// From 1 on: where on the polynomials this share stands.
    package let number: UInt8
    package let value: SecretBytes

    package init(number: UInt8, value: consuming SecretBytes) {
        self.number = number
        self.value = value
    }

    /// SHA-256 over label, context, number and value: names the share without telling anything of it, as long as the
    /// secret is random and has 128 bits or more.
    package func commitment(context: [UInt8]) -> [UInt8] {
        let digest = RunningDigest(.sha256)
        digest.update(Array("YZT-SHARE-1".utf8) + [0] + DigestAlgorithm.sha256.hash(context) + [number])
        value.withBytes { bytes in digest.update(bytes) }
        return digest.value()
    }
}
