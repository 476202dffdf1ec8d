package import Cryptography
package import Groundwork
package import Storage

/// Logins are kept as long as the certificate that they were made with: their evidence goes into its archive.
package enum LoginRetention {
    /// The evidence of each login with the certificate, as it was stored.
    package static func lines(
        certificate serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        var lines: [CanonicalJSON] = []
        for row in try transaction.query(
            "SELECT evidence FROM login WHERE certificate_serial = $1 ORDER BY at, login_id", serial.bytes)
        { lines.append(try Evidence(bytes: row.blob("evidence")).json) }
        return lines
    }

    package static func remove(certificate serial: SerialNumber, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM login WHERE certificate_serial = $1", serial.bytes)
    }
}
