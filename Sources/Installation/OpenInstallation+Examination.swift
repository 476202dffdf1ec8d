internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

extension OpenInstallation {
    /// So many signatures are verified; of a larger store `yzt reconcile` compares every body with its signer's
    /// journal.
    private static var signaturesChecked: Int { 20_000 }

    /// Reads the whole store for damage: SQLite's own check of the file, then each certificate's row against the
    /// certificate in it.
    /// - Returns: how many certificates were looked at.
    /// - Throws: `command.store-damaged` with the first thing that is wrong.
    package func examineStore() async throws -> String {
        let faults = try await database.integrityFaults()
        if let fault = faults.first { throw Refusal(InstallationRefusal.storeDamaged, facts: ["what": fault]) }
        let issuers = Dictionary(
            authority.issuers.issuers.map { ($0.generation, $0.certificate) }, uniquingKeysWith: { $1 })
        var count = 0
        for first in 1...0x7F {
            let before = count
            let (wrong, seen) = try await database.read { transaction -> (String?, Int) in
                var (wrong, seen): (String?, Int) = (nil, 0)
                try CertificateStore.forEach(in: SerialRange(firstByte: first), transaction) { serial, entry in
                    seen += 1
                    guard wrong == nil else { return }
                    guard let certificate = try? Certificate(der: entry.der), certificate.serialNumber == serial,
                        let issuer = issuers[entry.issuer], issuer.subject == certificate.issuer,
                        before + seen > Self.signaturesChecked || certificate.isSigned(by: issuer.publicKey)
                    else {
                        wrong = serial.hex
                        return
                    }
                }
                return (wrong, seen)
            }
            if let wrong {
                throw Refusal(InstallationRefusal.storeDamaged, facts: ["what": "certificate \(wrong)"])
            }
            count += seen
        }
        return "\(count)"
    }
}
