internal import Cryptography
internal import Groundwork

/// The files of an archive.
package enum ArchiveLayout {
    package static let manifest = "manifest.json"
    static let signature = "manifest.sig"
    static let token = "manifest.tst"
    static let signer = "signer.pem"
    static let chain = "chain.pem"
    static let signerStatus = "signer.ocsp"
    package static let sums = "SHA256SUMS"
    static let readMe = "README.txt"
    static let checkpoints = "audit/checkpoints.jsonl"
    /// Certificates of the keys that signed the checkpoints, PEM.
    static let auditKeys = "audit/keys.pem"
    static let issuers = "issuers"
    static let lists = "crl"

    /// Files that `SHA256SUMS` does not list: the manifest holds its hash, and the others prove the manifest.
    static let proofs: Set<String> = [manifest, signature, token, signer, chain, signerStatus, sums]

    /// The manifest, and what proves it.
    static func seal(_ witnessed: TimeStampedStatement) -> [(name: String, bytes: [UInt8])] {
        [
            (manifest, witnessed.body), (signature, witnessed.signature), (token, witnessed.token),
            (signer, Array(witnessed.signer.pem.utf8)), (chain, Array(witnessed.chain.map(\.pem).joined().utf8)),
            (signerStatus, witnessed.status),
        ]
    }

    static func record(_ serial: SerialNumber) -> String { "records/\(serial.hex.suffix(2))/\(serial.hex).json" }
    static func serial(ofRecord name: String) -> SerialNumber? {
        SerialNumber(hex: name.dropFirst("records/xx/".count).dropLast(".json".count))
    }
    static func certificate(_ serial: SerialNumber) -> String {
        "certificates/\(serial.hex.suffix(2))/\(serial.hex).cer"
    }

    static func beside(_ serial: SerialNumber, _ kind: String) -> String {
        "\(besideFolder(serial))\(kind).jsonl"
    }
    static func besideFolder(_ serial: SerialNumber) -> String { "beside/\(serial.hex.suffix(2))/\(serial.hex)/" }

    static func explanation(_ family: AlgorithmFamily, at time: Instant) -> String {
        let digest = family == .sm2 ? "-sm3 -sigopt distid:1234567812345678" : "-sha256"
        return """
            An archive of certificates (电子签名法, arts 23 and 24). It is complete in itself.

            certificates/  every certificate, DER               issuers/  the authorities above them, the roots too
            records/       one JSON object for each certificate: what the store knew, its status history, the audit
                           events behind it with their Merkle paths, and a signed long-term answer
            beside/        what else was kept about a certificate when the archive was made, one JSON object a line:
                           keys      where its key lay, and the plan that put it there with its journal
                           orders    the officers' orders with their signatures: to issue it (by its key), to hold,
                                     resume or revoke it (by its number, or by the hash of a list that it stands on),
                                     about the medium that it lay on, to bind a seal to it, to enrol an officer by it
                           entity    what the register said of the holder on that day, with former names
                           logins    every login with it, with its evidence
                           seals     every seal bound to it, with its history and how often it sealed
            crl/           the revocation lists that were current
            audit/         the signed and time-stamped checkpoints that the paths lead to, and the keys' certificates
            SHA256SUMS     all files above; manifest.json holds its hash
            manifest.sig   the signature of signer.pem over manifest.json; manifest.tst a time stamp over manifest.sig

            From one root that you trust:

            yzt archive verify . --anchor ROOT.pem

            By hand:

            sha256sum --check --quiet SHA256SUMS
            sha256sum SHA256SUMS            (is "sums" in manifest.json)
            openssl x509 -in signer.pem -noout -pubkey > signer.key
            openssl dgst \(digest) -verify signer.key -signature manifest.sig manifest.json
            openssl verify -no-CApath -no-CAstore -attime \(time.seconds) -CAfile ROOT.pem \
            -untrusted chain.pem signer.pem
            openssl ts -verify -attime \(time.seconds) -data manifest.sig -in manifest.tst -token_in -CAfile ROOT.pem \
            -untrusted chain.pem

            (OpenSSL 3.0 verifies SM2 signatures by dgst, and no SM2 paths or tokens.)

            """
    }
}
