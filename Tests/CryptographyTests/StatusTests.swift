import Cryptography
import Groundwork
import OtherPrograms
import Testing

@Suite struct StatusTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func listsAreReadByOthers(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let entries = RevocationReason.allCases.filter { $0 != .removeFromCRL }.map {
            RevokedEntry(
                serialNumber: .random(in: .real), revokedAt: authority.now.truncatedToSecond.adding(seconds: -60),
                reason: $0)
        }
        let der = try await authority.crl(entries, number: 77)
        let list = try CertificateList(der: der)
        #expect(list.entries == entries && list.number == 77)
        #expect(list.issuingDistributionPoint == SampleAuthority.shard)
        #expect(list.isSigned(by: authority.issuerKey.publicKey))
        #expect(!list.isSigned(by: authority.rootKey.publicKey))
        #expect(list.entry(for: entries[3].serialNumber)?.reason == entries[3].reason)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(der, "list.crl")
        try other.write(authority.issuer.pem, "issuer.pem")
        let text = try other.run("openssl crl -inform DER -in list.crl -noout -text")
        #expect(text.contains("Key Compromise") && text.contains("X509v3 Issuing Distribution Point: critical"))
        if family == .sm2 {
            try other.write(list.tbs, "tbs")
            try other.write(list.signature, "signature")
            try other.write(authority.issuer.publicKey.pem, "public.pem")
            try other.run(
                "openssl dgst -sm3 -sigopt distid:1234567812345678 -verify public.pem -signature signature tbs")
        } else {
            let verdict = try other.run("openssl crl -inform DER -in list.crl -noout -CAfile issuer.pem -verify")
            #expect(verdict.contains("verify OK"))
        }
        let empty = try CertificateList(der: try await authority.crl([]))
        #expect(empty.entries.isEmpty)
    }

    /// A path with the list in hand, by another program: revoked is seen, and an empty list lets it pass.
    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func aRevokedCertificateIsSeen(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(authority.root.pem, "root.pem")
        try other.write(authority.issuer.pem, "issuer.pem")
        try other.write(authority.subscriber.pem, "subscriber.pem")
        let entry = RevokedEntry(
            serialNumber: authority.subscriber.serialNumber, revokedAt: authority.now, reason: .keyCompromise)
        let line =
            "openssl verify -x509_strict -extended_crl -crl_check -CAfile root.pem -untrusted issuer.pem "
            + "-CRLfile list.pem subscriber.pem"
        try other.write(PEM.encode("X509 CRL", try await authority.crl([])), "list.pem")
        try other.run(line)
        try other.write(PEM.encode("X509 CRL", try await authority.crl([entry])), "list.pem")
        #expect(try other.run(line, expecting: 2).contains("certificate revoked"))
    }

    @Test(arguments: AlgorithmFamily.allCases, ["-sha1", "-sha256"])
    func answersSatisfyAnotherClient(family: AlgorithmFamily, digest: String) async throws {
        let authority = try await SampleAuthority.of(family)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(authority.root.pem, "root.pem")
        try other.write(authority.issuer.pem, "issuer.pem")
        try other.write(authority.subscriber.pem, "subscriber.pem")
        try other.write(authority.responder.pem, "responder.pem")
        try other.run(
            "openssl ocsp \(digest) -issuer issuer.pem -cert subscriber.pem -serial 0x1234 -reqout request.der")
        let request = try OCSPRequest(der: try other.read("request.der"))
        #expect(request.certificates.count == 2 && request.nonce != nil)
        let expected = OCSPCertID(
            issuer: authority.issuer, serialNumber: authority.subscriber.serialNumber,
            digest: digest == "-sha1" ? .sha1 : .sha256)
        #expect(request.certificates[0] == expected)
        let revoked = OCSPStatus.revoked(at: authority.now.truncatedToSecond, reason: .certificateHold)
        for (status, word) in [(.good, "good"), (revoked, "certificateHold"), (.unknown, "unknown")]
            as [(OCSPStatus, String)]
        {
            let der = try await authority.answer(request, status)
            let answer = try OCSPResponse(der: der)
            #expect(answer.basic?.isSigned(by: authority.responderKey.publicKey) == true)
            let verified = try answer.verifiedStatus(
                of: expected, issuer: authority.issuer, at: authority.now, nonce: request.nonce)
            #expect(verified.status == status)
            try other.write(der, "answer.der")
            // The program verifies SM2 answers with an empty identifier, so for SM2 it only reads them.
            let judge =
                family == .sm2 ? "-noverify" : "-CAfile root.pem -verify_other issuer.pem -no_nonce"
            let text = try other.run(
                "openssl ocsp -respin answer.der \(digest) -issuer issuer.pem -cert subscriber.pem "
                    + "-no_nonce -resp_text \(judge)")
            #expect(text.contains(word))
            if family != .sm2 { #expect(text.contains("Response verify OK")) }
        }
    }

    @Test func answersThatMustNotBeBelieved() async throws {
        let authority = try await SampleAuthority.of(.p256)
        let name = OCSPCertID(issuer: authority.issuer, serialNumber: authority.subscriber.serialNumber)
        let request = OCSPRequest(certificates: [name], nonce: [1, 2, 3, 4])
        #expect(try OCSPRequest(der: request.der).nonce == [1, 2, 3, 4])
        let answer = try OCSPResponse(der: try await authority.answer(request, .good))
        let unacceptable = Refusal(CryptographyRefusal.answerUnacceptable)
        func status(_ name: OCSPCertID, _ instant: Instant, _ nonce: [UInt8]?) throws {
            _ = try answer.verifiedStatus(of: name, issuer: authority.issuer, at: instant, nonce: nonce)
        }
        try status(name, authority.now, [1, 2, 3, 4])
        #expect(throws: unacceptable) { try status(name, authority.now, [1, 2, 3, 5]) }
        #expect(throws: unacceptable) { try status(name, authority.now.adding(days: 1), nil) }
        #expect(throws: unacceptable) { try status(name, authority.now.adding(days: -1), nil) }
        let another = OCSPCertID(issuer: authority.issuer, serialNumber: .random(in: .real))
        #expect(throws: unacceptable) { try status(another, authority.now, nil) }
        // A subscriber's certificate does not make a responder.
        let body = OCSPResponseBody(
            responder: authority.subscriber.publicKey, producedAt: authority.now,
            responses: [
                OCSPSingleResponse(certificate: name, status: .good, thisUpdate: authority.now, nextUpdate: nil)
            ])
        let forged = try OCSPResponse(
            der: try await body.signed(
                by: SoftwareSigner(authority.subscriberKey), certificates: [authority.subscriber]))
        #expect(throws: Refusal(CryptographyRefusal.signatureInvalid)) {
            _ = try forged.verifiedStatus(of: name, issuer: authority.issuer, at: authority.now)
        }
    }

    @Test(arguments: OCSPResponse.ErrorStatus.allCases)
    func errorAnswersAreReadByOthers(status: OCSPResponse.ErrorStatus) throws {
        #expect(try OCSPResponse(der: OCSPResponse.error(status)).error == status)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(OCSPResponse.error(status), "answer.der")
        let text = try other.run("openssl ocsp -respin answer.der -resp_text", expecting: 1)
        #expect(text.contains("(\(status.rawValue))"))
    }
}
