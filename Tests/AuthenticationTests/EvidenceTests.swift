import Audit
import Cryptography
import Groundwork
import TestSupport
import Testing

@testable import Authentication

@Suite struct EvidenceTests {
    /// A login with its place in the audit, under a checkpoint that is signed and time-stamped.
    private func exported(
        _ house: LoginHouse, stampedAfter seconds: Int64 = 0, certificates: [Certificate]? = nil
    ) async throws -> Evidence {
        let challenge = try await house.challenge()
        let login = try await house.verifications.verify(house.answer(challenge), session: challenge.session).login
        _ = try await house.audit.checkpoint(
            database: house.database, signer: SoftwareSigner(house.authority.service.key)
        ) { [house] bytes in
            try await TimeStampToken.make(
                TimeStampInfo(
                    policy: "1.2.3.4", imprint: MessageImprint(of: bytes, digest: house.authority.family.digest),
                    serialNumber: .random(in: .real),
                    time: house.clock.now.truncatedToSecond.adding(seconds: seconds)),
                signer: SoftwareSigner(house.authority.timeKey), certificate: house.authority.timeCertificate,
                certificates: certificates ?? [house.authority.issuing], includingCertificates: true)
        }
        return try await EvidenceExport(
            database: house.database, audit: house.audit,
            checkpointCertificate: house.authority.service.certificate
        ).evidence(of: login.id)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func exportedEvidenceIsComplete(family: AlgorithmFamily) async throws {
        let house = try await LoginHouse(family)
        let evidence = try await exported(house)
        let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: [house.authority.root])
        #expect(verdict.isComplete, "\(verdict.outcomes)")
    }

    /// A true stamp by a trusted authority, made when the checkpoint was old: it does not prove when the login was.
    @Test func aTimeStampOfAnotherTimeIsNoneOfTheCheckpoint() async throws {
        for (seconds, isTimely) in [(290, true), (310, false), (-310, false), (86_400, false)] as [(Int64, Bool)] {
            let house = try await LoginHouse(.p256)
            let evidence = try await exported(house, stampedAfter: seconds)
            let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: [house.authority.root])
            #expect(verdict.isComplete == isTimely && verdict.holds == isTimely, "\(seconds): \(verdict.outcomes)")
            let failed = EvidenceOutcome.fails("the time stamp is of another time than the checkpoint")
            #expect(verdict.outcomes[.checkpointTime] == (isTimely ? .holds : failed), "\(seconds)")
        }
    }

    @Test func underOtherAnchorsItDoesNotHold() async throws {
        let house = try await LoginHouse(.p256)
        let evidence = try await exported(house)
        let stranger = try await TestAuthority(.p256, now: house.clock.now)
        let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: [stranger.root])
        #expect(!verdict.holds)
        for check in [EvidenceCheck.serviceChain, .certificateChain, .checkpointSignature, .checkpointTime] {
            #expect(verdict.outcomes[check] != .holds, "\(check)")
        }
    }

    /// Each member that is bent fails the check that is about it.
    @Test func bentEvidenceIsFound() async throws {
        let house = try await LoginHouse(.p256)
        let evidence = try await exported(house)
        let bent: [(String, CanonicalJSON, EvidenceCheck)] = [
            ("origin", .string(LoginHouse.other), .statement), ("client", "market-portal", .statement),
            ("uscc", "91310115MA1K4JWH4X", .auditEvent),
            ("sub", .string(String(repeating: "0", count: 32)), .auditEvent),
            ("verified_at", .integer(house.clock.now.adding(seconds: 301).milliseconds), .time),
            ("signature", evidence.json["service_signature"] ?? .null, .signature),
            ("service_signature", evidence.json["signature"] ?? .null, .serviceSignature),
            ("certificate", .string(Base64.encode(house.signature.der)), .purpose),
            ("audit_event", "audit_00000000000070008000000000000000", .auditEvent),
        ]
        for (name, value, check) in bent {
            guard case .object(var members) = evidence.json else { return }
            members[name] = value
            let verdict = try EvidenceVerifier.verify(
                CanonicalJSON.object(members).bytes, anchors: [house.authority.root])
            #expect(!verdict.holds, "\(name)")
            guard case .fails = verdict.outcomes[check] else {
                Issue.record("\(name): \(check) did not fail: \(verdict.outcomes)")
                continue
            }
        }
    }

    @Test func aRevokedAnswerIsNoEvidence() async throws {
        let house = try await LoginHouse(.p256)
        let evidence = try await exported(house)
        let revoked = try await TestResponder(authority: house.authority, now: house.clock.now).answer(
            house.authentication, .revoked(at: house.clock.now.truncatedToSecond, reason: .keyCompromise))
        guard case .object(var members) = evidence.json else { return }
        members["ocsp"] = .string(Base64.encode(revoked))
        let verdict = try EvidenceVerifier.verify(CanonicalJSON.object(members).bytes, anchors: [house.authority.root])
        #expect(verdict.outcomes[.status] == .fails("authentication.certificate-revoked"))
        #expect(!verdict.holds)
    }

    /// The chain comes with the evidence: a self-made authority of the same name in it cannot say good.
    @Test func aNamesakeOfTheAuthorityCannotSayGood() async throws {
        let house = try await LoginHouse(.p256)
        let evidence = try await exported(house)
        let key = try PrivateKey.generate(.p256)
        let real = house.authority.issuing
        let namesake = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: key.family.signatureAlgorithm, issuer: real.subject,
            notBefore: real.notBefore, notAfter: real.notAfter, subject: real.subject, publicKey: key.publicKey,
            extensions: [.subjectKeyIdentifier(key.publicKey.keyIdentifier)]
        ).signed(by: SoftwareSigner(key))
        let now = house.clock.now.truncatedToSecond
        let good = try await OCSPResponseBody(
            responder: key.publicKey, producedAt: now,
            responses: [
                OCSPSingleResponse(
                    certificate: OCSPCertID(issuer: namesake, serialNumber: house.authentication.serialNumber),
                    status: .good, thisUpdate: now, nextUpdate: now.adding(seconds: 3600))
            ]
        ).signed(by: SoftwareSigner(key), certificates: [])
        guard case .object(var members) = evidence.json, let chain = evidence.json["chain"]?.array else { return }
        members["chain"] = .array([.string(Base64.encode(namesake.der))] + chain)
        func outcome() throws -> EvidenceOutcome? {
            try EvidenceVerifier.verify(
                CanonicalJSON.object(members).bytes, anchors: [house.authority.root]
            ).outcomes[.status]
        }
        #expect(try outcome() == .holds)
        members["ocsp"] = .string(Base64.encode(good))
        #expect(try outcome() == .fails("authentication.status-unavailable"))
    }

    @Test func whatIsNoEvidenceIsRefused() async throws {
        for text in ["", "{}", "[]", #"{"format":"yzt-login-evidence-1"}"#, #"{"format": "yzt-login-evidence-1"}"#] {
            #expect(throws: Refusal(AuthenticationRefusal.malformedEvidence)) {
                _ = try EvidenceVerifier.verify(Array(text.utf8), anchors: [])
            }
        }
    }

    /// Every bit of the bytes counts or makes it unreadable: a sample of flipped bytes.
    @Test func flippedBytesNeverPassAsComplete() async throws {
        let house = try await LoginHouse(.p256)
        // The token brings its maker's certificate alone: a copy of what is in the chain proves nothing.
        let bytes = try await exported(house, certificates: []).bytes
        let unsigned = try Self.unsigned(bytes)
        for place in stride(from: 3, to: bytes.count, by: 97) where !unsigned.contains(where: { $0.contains(place) }) {
            var bent = bytes
            bent[place] ^= 0x01
            guard let verdict = try? EvidenceVerifier.verify(bent, anchors: [house.authority.root]) else { continue }
            let shown = String(decoding: bytes[max(0, place - 30)..<min(bytes.count, place + 10)], as: UTF8.self)
            #expect(!verdict.isComplete, "\(place): \(shown)")
        }
    }

    /// What is only repeated for readers (name, holder, amr), the token's list of digests, which CMS leaves outside its
    /// signature, and the last digits of a time that is held against the checkpoint's to five minutes.
    private static func unsigned(_ bytes: [UInt8]) throws -> [Range<Int>] {
        func member(_ name: String) throws -> Range<Int> {
            let key = try #require(bytes.firstRange(of: Array("\"\(name)\":".utf8)))
            let end = bytes[key.upperBound...].firstRange(of: Array(",\"".utf8))?.lowerBound ?? bytes.count - 1
            return key.lowerBound..<end
        }
        let token = try member("token").lowerBound + "\"token\":\"".utf8.count
        let time = try member("verified_at").upperBound
        let amr = try #require(bytes.firstRange(of: Array("\"amr\":[".utf8))).lowerBound
        let audit = try #require(bytes.firstRange(of: Array("\"audit\":".utf8))).lowerBound
        return [
            try member("name"), try member("holder"), amr..<audit, token + 34..<token + 56, time - 6..<time,
        ]
    }
}
