package import Cryptography
package import Groundwork

/// A witnessed answer as files that other programs take.
package enum AnswerFolder {
    package static let packageFile = "answer.yzt.json"

    /// Names and contents.
    ///
    /// - Parameter evidence: the audit events behind the answer, one JSON object a line.
    package static func files(
        _ answer: TimeStampedStatement, certificate: Certificate?, evidence: [CanonicalJSON]
    ) throws(Refusal) -> [(name: String, bytes: [UInt8])] {
        let family = answer.signer.publicKey.family ?? .p256
        var files: [(String, [UInt8])] = [
            (packageFile, answer.json.bytes), ("answer.json", answer.body), ("answer.sig", answer.signature),
            ("answer.tst", answer.token), ("signer.pem", Array(answer.signer.pem.utf8)),
            ("chain.pem", Array(answer.chain.map(\.pem).joined().utf8)), ("signer.ocsp", answer.status),
            ("README.txt", Array(explanation(family, at: try answer.time()).utf8)),
        ]
        if let certificate { files.append(("certificate.cer", certificate.der)) }
        if !evidence.isEmpty {
            files.append(("evidence.jsonl", evidence.flatMap { $0.bytes + [UInt8(ascii: "\n")] }))
        }
        return files
    }

    private static func explanation(_ family: AlgorithmFamily, at time: Instant) -> String {
        let digest =
            family == .sm2 ? "-sm3 -sigopt distid:1234567812345678" : "-sha256"
        return """
            A signed answer to "was this certificate valid at that moment?".

            answer.json     the answer (RFC 8785 JSON): serial, at, verdict, since, until, history, checkpoint
            answer.sig      the signature over answer.json, by the key of signer.pem
            answer.tst      an RFC 3161 time stamp over answer.sig
            chain.pem       between the signer, the time stamp authority and the root
            signer.ocsp     the responder's word about the signer at that time
            evidence.jsonl  the audit events behind the history, with their proofs
            answer.yzt.json all of it in one file

            yzt certificate verify-answer answer.yzt.json --anchor ROOT.pem

            By hand, with ROOT.pem from where you trust it:

            openssl x509 -in signer.pem -noout -pubkey > signer.key
            openssl dgst \(digest) -verify signer.key -signature answer.sig answer.json
            openssl verify -no-CApath -no-CAstore -attime \(time.seconds) -CAfile ROOT.pem \
            -untrusted chain.pem signer.pem
            openssl ts -verify -attime \(time.seconds) -data answer.sig -in answer.tst -token_in -CAfile ROOT.pem \
            -untrusted chain.pem
            openssl ocsp -respin signer.ocsp -resp_text -noverify

            (OpenSSL 3.0 verifies SM2 signatures by dgst, and no SM2 paths or tokens.)

            """
    }
}
