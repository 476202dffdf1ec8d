import Audit
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Revocation
import TestSupport
import Testing
import TimeStamping

@testable import Authentication

@Suite struct RealAuthorityTests {
    /// The life of one certificate, seen by login after each step.
    @Test(arguments: AlgorithmFamily.allCases)
    func loginFollowsTheCertificatesLife(family: AlgorithmFamily) async throws {
        let house = try await RealAuthority(family)
        let serial = house.record.serialNumber
        let desk = house.authority.revocation
        #expect(await house.refusal() == "authentication.not-activated")
        try await desk.activate(serial, actor: .system)
        let answer = try await house.login()
        #expect(answer.uscc == RealAuthority.uscc)
        #expect(answer.name == "上海示例科技有限公司")
        #expect(answer.certificateSerial == serial.hex)
        let second = try await house.login()
        #expect(second.sub == answer.sub)
        #expect(second.holder == answer.holder)
        try await desk.suspend(serial, on: .system(reason: "lost"))
        #expect(await house.refusal() == "authentication.certificate-suspended")
        try await desk.resume(serial, on: .system(reason: "found"))
        #expect(await house.refusal() == nil)

        // The evidence of the first login, with nothing but the root.
        let login = try #require(LoginIdentifier(shown: answer.login))
        let authority = house.authority
        let checkpoints = try authority.service(.checkpoints)
        _ = try await house.audit.checkpoint(database: house.database, signer: checkpoints.signer) {
            try await authority.timeStamps.token(over: $0)
        }
        let evidence = try await EvidenceExport(
            database: house.database, audit: house.audit, checkpointCertificate: checkpoints.certificate
        ).evidence(of: login)
        let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: authority.issuers.anchors)
        #expect(verdict.isComplete, "\(verdict.outcomes)")

        try await desk.revoke(serial, reason: .keyCompromise, on: .system(reason: "stolen"))
        #expect(await house.refusal() == "authentication.certificate-revoked")
        // It was good then, and stays evidence.
        #expect(try EvidenceVerifier.verify(evidence.bytes, anchors: authority.issuers.anchors).isComplete)
    }
}
