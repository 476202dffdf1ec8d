import Audit
import Cryptography
import Groundwork
import Officers
import Storage
import Testing

@Suite struct AuthorisationTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func twoOfficersAuthoriseOneActOnce(family: AlgorithmFamily) async throws {
        let authority = try Authority()
        let pair = try await authority.founded(family: family)
        let authorisation = try await authority.register.authorise(
            authority.request(), by: [pair.requester, pair.approver])
        #expect(authorisation.permits(.revokeCertificate, subject: "00ff"))
        #expect(!authorisation.permits(.revokeCertificate, subject: "00fe"))
        #expect(!authorisation.permits(.suspendCertificate, subject: "00ff"))
        #expect(authorisation.actor == .officer(pair.officers[0].identifier.shown))
        try await authority.spend(authorisation)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) { try await authority.spend(authorisation) }
    }

    @Test func aReplayOfTheSameSignaturesIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        let signatures = [
            try await OfficerSignature.make(under: request, with: pair.requester),
            try await OfficerSignature.make(under: request, with: pair.approver),
        ]
        try await authority.spend(try await authority.register.authorise(request.bytes, signatures: signatures))
        let again = try await authority.register.authorise(request.bytes, signatures: signatures)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) { try await authority.spend(again) }
    }

    @Test func anActThatFailsLeavesTheOrderUnspent() async throws {
        struct ActFailed: Error {}
        let authority = try Authority()
        let pair = try await authority.founded()
        let authorisation = try await authority.register.authorise(
            authority.request(), by: [pair.requester, pair.approver])
        await #expect(throws: ActFailed.self) {
            try await authority.database.write { transaction in
                try authorisation.spend(in: transaction)
                throw ActFailed()
            }
        }
        try await authority.spend(authorisation)
    }

    @Test func theOrderIsKeptWithItsSignatures() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        try await authority.spend(try await authority.register.authorise(request, by: [pair.requester, pair.approver]))
        let rows = try await authority.database.read {
            try $0.query(
                """
                SELECT request, certificate, signature FROM officer_authorisation
                JOIN officer_authorisation_signature USING (nonce) WHERE nonce = $1 ORDER BY place
                """, request.nonce)
        }
        #expect(rows.count == 2)
        for row in rows {
            let certificate = try Certificate(der: try row.blob("certificate"))
            let signed = OfficerSignature.signedBytes(
                request: try row.blob("request"), certificate: certificate.der, family: .p256)
            #expect(certificate.publicKey.verifies(try row.blob("signature"), over: signed))
        }
    }

    @Test func oneOfficerMayNotApproveTheirOwnRequest() async throws {
        let policy = try Authority.shippedPolicy().replacing(
            "revokeCertificate: { officers: 2, requesters: [operator, businessAdministrator], approvers: [reviewer] }",
            with: "revokeCertificate: { officers: 2, requesters: [operator], approvers: [operator, reviewer] }")
        let authority = try Authority(policy: policy)
        let pair = try await authority.founded()
        await #expect(throws: Refusal(OfficersRefusal.sameOfficerTwice)) {
            try await authority.register.authorise(authority.request(), by: [pair.requester, pair.requester])
        }
    }

    @Test func oneSignatureIsTooFewAndThreeAreTooMany() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        for signers in [[], [pair.requester], [pair.requester, pair.approver, pair.approver]] {
            await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
                try await authority.register.authorise(authority.request(), by: signers)
            }
        }
    }

    @Test func anAlteredRequestIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        let signatures = [
            try await OfficerSignature.make(under: request, with: pair.requester),
            try await OfficerSignature.make(under: request, with: pair.approver),
        ]
        let text = String(decoding: request.bytes, as: UTF8.self).replacing("\"00ff\"", with: "\"00fe\"")
        await #expect(throws: Refusal(OfficersRefusal.badSignature)) {
            try await authority.register.authorise(Array(text.utf8), signatures: signatures)
        }
    }

    @Test func aSignatureUnderAnothersCertificateIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        let first = try await OfficerSignature.make(under: request, with: pair.requester)
        let borrowed = OfficerSignature(certificate: pair.approver.certificate.der, signature: first.signature)
        await #expect(throws: Refusal(OfficersRefusal.badSignature)) {
            try await authority.register.authorise(request.bytes, signatures: [first, borrowed])
        }
    }

    @Test func aSignatureOverTheBareRequestIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request(.suspendCertificate)
        let bare = OfficerSignature(
            certificate: pair.requester.certificate.der, signature: try await pair.requester.sign(request.bytes))
        await #expect(throws: Refusal(OfficersRefusal.badSignature)) {
            try await authority.register.authorise(request.bytes, signatures: [bare])
        }
    }

    @Test func aForeignCertificateIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let stranger = try await Authority.signer("李强")
        await #expect(throws: Refusal(OfficersRefusal.unknownCertificate)) {
            try await authority.register.authorise(authority.request(), by: [pair.requester, stranger])
        }
        let garbage = OfficerSignature(certificate: [0x30, 0x03, 1, 2, 3], signature: [])
        await #expect(throws: Refusal(OfficersRefusal.unknownCertificate)) {
            try await authority.register.authorise(
                authority.request(.suspendCertificate).bytes, signatures: [garbage])
        }
    }

    @Test func time() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let signers: [any OfficerSigner] = [pair.requester, pair.approver]
        func authorise(validForSeconds seconds: Int64) async throws -> Authorisation {
            try await authority.register.authorise(
                CanonicalRequest(
                    .revokeCertificate, subject: "00ff", parameters: OfficerAct.revokeCertificate.form.sample,
                    reason: "遗失", validForSeconds: seconds, in: authority.surroundings), by: signers)
        }
        await #expect(throws: Refusal(OfficersRefusal.expired)) { try await authorise(validForSeconds: 0) }
        await #expect(throws: Refusal(OfficersRefusal.expired)) { try await authorise(validForSeconds: -1000) }
        await #expect(throws: Refusal(OfficersRefusal.validForTooLong)) { try await authorise(validForSeconds: 901) }
        let authorisation = try await authorise(validForSeconds: 900)
        authority.setClock(Authority.noon.adding(seconds: 900))
        await #expect(throws: Refusal(OfficersRefusal.expired)) { try await authority.spend(authorisation) }
        authority.setClock(Authority.noon.adding(seconds: 899))
        try await authority.spend(authorisation)

        let later = authority.request()
        authority.setClock(Authority.noon.adding(seconds: 838))
        await #expect(throws: Refusal(OfficersRefusal.notYetValid)) {
            try await authority.register.authorise(later, by: signers)
        }
        authority.setClock(Authority.noon.adding(seconds: 839))
        _ = try await authority.register.authorise(later, by: signers)
    }

    @Test func extremeTimesAreRefusedWithoutOverflow() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let text = String(decoding: authority.request(.suspendCertificate).bytes, as: UTF8.self)
        let far = "9007199254740991"
        let extreme = text.replacing(
            /"expiresAt":\d+,"issuedAt":\d+/, with: "\"expiresAt\":\(far),\"issuedAt\":-\(far)")
        let request = try CanonicalRequest(bytes: Array(extreme.utf8))
        await #expect(throws: Refusal(OfficersRefusal.validForTooLong)) {
            try await authority.register.authorise(request, by: [pair.requester])
        }
    }

    @Test func rolesDecideWhoRequestsAndWhoApproves() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await authority.register.authorise(authority.request(), by: [pair.approver, pair.requester])
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await authority.register.authorise(authority.request(.enrolKey), by: [pair.approver])
        }
        _ = try await authority.register.authorise(authority.request(.enrolKey), by: [pair.requester])
    }

    @Test func everyActCanBeAuthorisedByTheFirstTwoOfficers() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        for act in OfficerAct.allCases {
            let rule = authority.register.policy.rule(for: act)
            var signers = [pair.requester, pair.approver]
            if Authority.firstRoles.isDisjoint(with: rule.requesters) { signers.reverse() }
            _ = try await authority.register.authorise(
                authority.request(act), by: Array(signers.prefix(rule.officers)))
        }
    }

    @Test func aCertificateThatIsNotGoodNowIsRefused() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let signers = [pair.requester, pair.approver]
        let authorisation = try await authority.register.authorise(authority.request(), by: signers)
        authority.revoke(pair.approver.certificate)
        await #expect(throws: Refusal(OfficersRefusal.certificateNotGood)) {
            try await authority.register.authorise(authority.request(), by: signers)
        }
        // Also between authorising and doing.
        await #expect(throws: Refusal(OfficersRefusal.certificateNotGood)) { try await authority.spend(authorisation) }
    }

    @Test func anUnknownCertificateStatusFailsClosed() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        authority.cutOff()
        let refusal = await #expect(throws: Refusal.self) {
            try await authority.register.authorise(authority.request(), by: [pair.requester, pair.approver])
        }
        #expect(refusal?.isBecause(OfficersRefusal.certificateStatusUnknown) == true)
        #expect(refusal?.retry == .later)
    }

    @Test func requireNamesWhatDiffers() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let authorisation = try await authority.register.authorise(
            authority.request(), by: [pair.requester, pair.approver])
        let bound = OfficerAct.revokeCertificate.form.sample
        try authorisation.require(.revokeCertificate, subject: "00ff", parameters: bound)
        #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
            try authorisation.require(.suspendCertificate, subject: "00ff", parameters: bound)
        }
        #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try authorisation.require(.revokeCertificate, subject: "00fe", parameters: bound)
        }
        for name in bound.keys {
            var other = bound
            other[name] = nil
            #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try authorisation.require(.revokeCertificate, subject: "00ff", parameters: other)
            }
        }
        #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try authorisation.require(
                .revokeCertificate, subject: "00ff", parameters: bound.merging(["more": 1]) { $1 })
        }
    }

    @Test func ofManyAtOnceOneAloneSpendsIt() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let authorisation = try await authority.register.authorise(
            authority.request(), by: [pair.requester, pair.approver])
        let spent = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    do { try await authority.spend(authorisation) } catch { return false }
                    return true
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(spent == 1)
    }

    @Test func ordersAndOfficersAreAuditedWithoutPersonalData() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        try await authority.spend(
            try await authority.register.authorise(request, by: [pair.requester, pair.approver]))
        let lines = try await authority.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event ORDER BY arrival").map {
                try CanonicalJSON(parsing: try $0.blob("line"))
            }
        }
        #expect(
            lines.map { $0["act"]?.string } == [
                "officer.bootstrap.opened", "officer.enrolled", "officer.enrolled", "officer.bootstrap.spent",
                "officer.authorisation.granted", "officer.authorisation.spent",
            ])
        #expect(!lines.map(\.text).joined().contains("王芳"), "a name enters the audit as a commitment only")
        let facts = try #require(lines.last?["facts"])
        #expect(facts["act"] == "revokeCertificate")
        #expect(facts["officers"] == .array(pair.officers.map { .string($0.identifier.shown) }))
        #expect(facts["request"]?.string == Hex.encode(DigestAlgorithm.sha256.hash(request.bytes)))
    }
}
