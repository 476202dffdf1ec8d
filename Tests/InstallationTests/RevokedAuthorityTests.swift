import Audit
import Ceremony
import CertificateRecords
import CertificateStatus
import CreditCodes
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody
import LongTermEvidence
import Officers
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

/// A revoked authority issues nothing, and nothing below it is good: at once, in every process, without a restart.
@Suite struct RevokedAuthorityTests {
    private func finding(
        _ authority: Authority, _ serial: SerialNumber, _ instant: Instant
    ) async throws -> ValidityFinding {
        try await authority.validity.statement(.serial(serial), at: instant).finding
    }

    private func request() throws -> IssuanceRequest {
        try IssuanceRequest(
            profile: "entity-authentication",
            subject: SubjectDetails(
                stateOrProvince: "上海市", locality: "黄浦区", organization: "上海某某科技有限公司",
                commonName: "上海某某科技有限公司", entity: try UnifiedSocialCreditCode(trustingStored: Bench.code)),
            proof: .request(try Bench.pkcs10(PrivateKey.generate(.p256))),
            location: KeyLocation(
                medium: Array(repeating: 7, count: 16), slot: 0x9A, model: "virtual", origin: "witnessed:test"),
            actor: .system
        ).planned()
    }

    @Test func `From the ceremony to the login: what the root's list revokes takes everything below it along`()
        async throws
    {
        let bench = try CeremonyBench()
        let stage = try await bench.issuingStage()
        try await bench.installation().install(CeremonyBundle.read(stage.path))
        let running = try await bench.open()
        var officers = try await CertifiedOfficers(running)
        let leaf = try await running.issuance.issue(request())
        _ = try await running.revocation.activate(leaf.serialNumber, actor: .system)
        let certificate = try leaf.certificate()
        #expect(try await running.isGoodNow(certificate))
        bench.clock.turn(seconds: 3600)
        let good = bench.surroundings.now()
        bench.clock.turn(seconds: 3600)

        // The next generation first: otherwise nobody would be left who could order anything.
        let second = "p256-entity-2"
        let plan = try await officers.order(
            CeremonyInstallation.request(
                for: .request(generation: second), justification: "test", in: bench.surroundings), 0, 1
        )
        let asked = try await bench.installation().request(second, by: plan)
        let next = try await bench.machine().certifyIssuing(second, request: asked.der, shares: bench.shares(1, 2, 4))
        let issuing = try Certificate(der: stage.bytes("\(bench.generation).cer"))
        let revoked = try await bench.machine().publishList(
            bench.shares(2, 4, 5), revoking: [.init(serialNumber: issuing.serialNumber, reason: .caCompromise)])
        let bundle = try CeremonyBundle.read(revoked.path)
        func orderOfList() async throws -> Authorisation {
            try await officers.order(
                CeremonyInstallation.request(
                    for: .list(generation: bench.rootGeneration, list: bundle.list.der), justification: "test",
                    in: bench.surroundings), 0, 1)
        }
        await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
            try await bench.installation().importList(bundle, by: orderOfList())
        }
        #expect(try await running.isGoodNow(certificate))
        let installed = try CeremonyBundle.read(next.path)
        let order = try await officers.order(
            CeremonyInstallation.request(
                for: .install(generation: second, certificate: try #require(installed.issuing?.certificate.der)),
                justification: "test", in: bench.surroundings), 0, 1)
        try await bench.installation().install(installed, by: order)
        _ = try await running.refresh()
        let third = try await officers.enrol("周婷", [.operator])
        let below = try Certificate(der: leaf.der)
        try await officers.exchange(0)
        try await officers.exchange(1)
        let before = try await running.issuance.issue(request(), issuer: bench.generation)

        try await bench.installation().importList(bundle, by: orderOfList())
        let entered = bench.surroundings.now()
        // No refresh yet: the store decides.
        #expect(try await !running.isGoodNow(below))
        for request in [try request(), try request()] {
            await #expect(throws: Refusal(CertificateRecordsRefusal.issuerNotActive)) {
                try await running.issuance.issue(request, issuer: bench.generation)
            }
        }
        let results = try await running.issuance.issueMany([request(), request()], issuer: bench.generation)
        #expect(
            results.allSatisfy {
                guard case .failure(let error as Refusal) = $0 else { return false }
                return error.isBecause(CertificateRecordsRefusal.issuerNotActive)
            })
        await #expect(throws: Never.self) {
            // Below the next generation all goes on: two officers order with their new certificates.
            _ = try await officers.certify("another")
        }
        #expect(
            try await running.database.read { try Authority.isUsable(before.certificate(), at: entered, in: $0) }
                == false)
        let clerk = officers.members[third].signer.certificate
        let certificateStatus = try await running.database.read {
            try Authority.officerCertificateStatus(clerk, entered, $0)
        }
        #expect(certificateStatus == .good)
        #expect(try await running.refresh())
        #expect(try running.issuers.issuer(generation: nil, family: .p256).generation == second)
        // What was signed by the service keys below it stays to be judged; they sign no more. The responder does.
        #expect(throws: Refusal(KeyCustodyRefusal.noSigner)) { try running.service(.timeStamping) }
        #expect(running.services.contains { $0.role == .timeStamping })
        #expect(running.serviceKeys(.ocspResponder, issuer: bench.generation).count == 1)
        // The responder says of a certificate what is known of that certificate (RFC 6960); the list above says the
        // rest.
        let id = OCSPCertID(issuer: issuing, serialNumber: leaf.serialNumber)
        let answer = await running.status.ocsp(
            OCSPRequest(certificates: [id], nonce: nil).der, issuer: bench.generation)
        #expect(try OCSPResponse(der: answer.der).basic?.responses.map(\.status) == [.good])
        _ = try await running.renewService(.timeStamping, issuer: second)
        #expect(try running.service(.timeStamping).issuer == second)
        bench.clock.turn(seconds: 60)
        #expect(try await finding(running, leaf.serialNumber, good).verdict == .good)
        let after = try await finding(running, leaf.serialNumber, entered)
        #expect(after.verdict == .revoked && after.reason == .caCompromise)
        #expect(try await finding(running, issuing.serialNumber, entered).verdict == .revoked)
        // Its own history has the line, with the event that the audit holds.
        let lines = try await running.database.read { transaction in
            try transaction.first(
                """
                SELECT count(*) AS n FROM certificate_status_event h JOIN audit_event e ON e.id = h.event
                WHERE h.serial = $1 AND h.state = 'revoked'
                """, issuing.serialNumber.bytes)?.integer("n")
        }
        #expect(lines == 1)
    }

    @Test func `Revoked while a certificate is being signed: nobody gets to see it`() async throws {
        let bench = try await Bench.create()
        let authority = try bench.issuing.certificate.serialNumber
        let other = try await bench.another()
        bench.stop.perform(at: .signed) { _ in
            try await other.revocation.revoke(authority, reason: .superseded, on: Bench.automatic)
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.issuerNotActive)) {
            try await bench.authority.issuance.issue(bench.request())
        }
        let serial = try #require(bench.stop.seen.withLock { $0.last })
        #expect(try await bench.authority.certificates.certificate(serial) == nil)
        guard case .revoked = try await bench.ocspStatus(serial) else {
            Issue.record("the serial number is not revoked")
            return
        }
    }

    @Test func `The newest generation is revoked: the one before issues again`() async throws {
        let bench = try await Bench.create(policies: Bench.filesWithSuccessors())
        let running = try await bench.another()
        try await bench.installation().rollOver(to: "p256-entity-2")
        _ = try await running.refresh()
        #expect(try await running.issuance.issue(bench.request()).issuer == "p256-entity-2")
        let newest = try running.issuers.issuer(generation: "p256-entity-2").certificate.serialNumber
        try await bench.authority.revocation.revoke(newest, reason: .superseded, on: Bench.automatic)
        _ = try await running.refresh()
        #expect(try await running.issuance.issue(bench.request()).issuer == "p256-entity-1")
        #expect(try await running.renewResponders().isEmpty)
    }

    @Test func `A revoked service key signs no more in any process, and responder and time stamp key are replaced`()
        async throws
    {
        let bench = try await Bench.create()
        let running = try await bench.another()
        let record = try await bench.active()
        let roles: [ServiceRole] = [.ocspResponder, .timeStamping, .statements, .checkpoints, .sealMaker]
        var old: [ServiceRole: Certificate] = [:]
        for role in roles {
            old[role] = try running.service(role).certificate
            let serial = try running.service(role).certificate.serialNumber
            try await bench.authority.revocation.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
        }
        // The key may be destroyed: the others stay in use all the same.
        #expect(try await running.refresh())
        for role in roles {
            #expect(throws: Refusal(KeyCustodyRefusal.noSigner)) { try running.service(role) }
        }
        #expect(running.services.count == 5)
        #expect(try await bench.ocsp(record.serialNumber, by: running).error == .tryLater)
        #expect(try await running.renewResponders() == ["p256-entity-1"])
        #expect(try await running.renewStampKeys() == ["p256-entity-1"])
        let responder = try running.service(.ocspResponder).certificate
        #expect(responder != old[.ocspResponder])
        #expect(try await bench.ocsp(record.serialNumber, by: running).basic?.isSigned(by: responder.publicKey) == true)
        #expect(try running.service(.timeStamping).certificate != old[.timeStamping])
        #expect(try await running.renewResponders().isEmpty)
        #expect(try await running.renewStampKeys().isEmpty)
    }
}
