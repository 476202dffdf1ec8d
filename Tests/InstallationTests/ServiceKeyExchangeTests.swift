import Audit
import Ceremony
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// A service key that others may have is exchanged by order, at once.
@Suite struct ServiceKeyExchangeTests {
    private let generation = "p256-entity-1"

    private func request(
        _ bench: Bench, _ role: ServiceRole, _ reason: RevocationReason = .keyCompromise, since: Instant? = nil
    ) -> CanonicalRequest {
        CeremonyInstallation.request(
            for: .exchange(generation: generation, role: role, reason: reason, invalidSince: since),
            justification: "stolen",
            in: bench.surroundings)
    }

    @Test(arguments: ServiceRole.allCases)
    func `A new key signs from then on, the old one's certificate is revoked, in every process`(_ role: ServiceRole)
        async throws
    {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let running = try await bench.another()
        let record = try await bench.active()
        let old = try running.service(role).certificate
        bench.clock.turn(seconds: 7200)
        let since = bench.surroundings.now().adding(seconds: -3600)
        let order = try await officers.order(request(bench, role, since: since))
        let exchanged = try await bench.authority.exchangeService(
            role, issuer: generation, because: .keyCompromise, invalidSince: since, by: order)
        #expect(exchanged.revoked == [old.serialNumber])
        let new = exchanged.key.certificate
        #expect(new.publicKey != old.publicKey && new.subject == old.subject)
        #expect(try await running.follow())
        #expect(try await !running.follow())
        for authority in [bench.authority, running] {
            #expect(try authority.service(role).certificate == new)
            #expect(authority.serviceKeys(role).count == 1)
        }
        let revoked = try #require(try await bench.authority.certificates.certificate(old.serialNumber))
        #expect(revoked.storedState == .revoked && revoked.revocation?.reason == .keyCompromise)
        #expect(revoked.revocation?.invalidSince == since)
        if role == .ocspResponder {
            for authority in [bench.authority, running] {
                let basic = try await bench.ocsp(record.serialNumber, by: authority).basic
                #expect(basic?.isSigned(by: new.publicKey) == true && basic?.certificates == [new])
            }
        }
        // The order is used up, and the audit says who did it.
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await bench.authority.exchangeService(
                role, issuer: generation, because: .keyCompromise, invalidSince: since, by: order)
        }
        #expect(try running.service(role).certificate == new)
        let lines = try await bench.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event").map { row throws(Refusal) in
                String(decoding: try row.blob("line"), as: UTF8.self)
            }
        }
        #expect(
            lines.count { $0.contains("authority.service-key-exchanged") && $0.contains(new.serialNumber.hex) } == 1)
        #expect(lines.count { $0.contains("certificate.revoked") && $0.contains(old.serialNumber.hex) } == 1)
    }

    @Test func `A service key that ends is told of in time, until another follows it`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let authority = bench.authority
        #expect(authority.endingServiceAlarm() == nil)
        let end = try authority.service(.checkpoints).certificate.notAfter
        bench.clock.turn(seconds: end.seconds - bench.surroundings.now().seconds - 59 * 86_400)
        _ = try await authority.renewResponders()
        _ = try await authority.renewStampKeys()
        for role in [ServiceRole.statements, .checkpoints, .sealMaker] {
            #expect(authority.endingServiceAlarm()?.isBecause(CeremonyRefusal.serviceKeyEnds) == true)
            _ = try await authority.exchangeService(
                role, issuer: generation, because: .superseded,
                by: officers.order(request(bench, role, .superseded)))
        }
        #expect(authority.endingServiceAlarm() == nil, "\(authority.endingServiceAlarm()?.description ?? "")")
    }

    @Test func `Renewed by age at the same moment, it says so, revokes nothing and keeps the order`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let other = try await bench.another()
        let old = try bench.authority.service(.statements).certificate
        let order = try await officers.order(request(bench, .statements))
        bench.stop.perform(at: .requested) { [generation] _ in
            _ = try await other.renewService(.statements, issuer: generation)
        }
        func exchange() async throws -> [SerialNumber] {
            try await bench.authority.exchangeService(
                .statements, issuer: generation, because: .keyCompromise, by: order
            ).revoked
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.statusBusy)) { try await exchange() }
        #expect(try await bench.authority.certificates.certificate(old.serialNumber)?.storedState == .active)
        bench.stop.stop(at: nil)
        #expect(try await exchange().count == 2)
        #expect(try await bench.authority.certificates.certificate(old.serialNumber)?.storedState == .revoked)
    }

    @Test func `Only on two officers' order for a ceremony, for this role, generation, reason and date`() async throws {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let before = try bench.authority.service(.statements).certificate
        // Before anybody signs: no such generation, a date to come, a hold.
        func ask(_ issuer: String, _ reason: RevocationReason, _ since: Instant?) throws {
            _ = try bench.authority.request(
                toExchange: .statements, issuer: issuer, because: reason, invalidSince: since, justification: "stolen")
        }
        try ask(generation, .keyCompromise, nil)
        for issuer in ["p256-entity-9", "p256-root-1"] {
            #expect(throws: Refusal(CertificateRecordsRefusal.unknownIssuer)) {
                try ask(issuer, .keyCompromise, nil)
            }
        }
        #expect(throws: Refusal(RevocationRefusal.invalidityDate)) {
            try ask(generation, .keyCompromise, bench.surroundings.now().adding(seconds: 60))
        }
        #expect(throws: Refusal(RevocationRefusal.wrongReason)) { try ask(generation, .certificateHold, nil) }
        await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
            try await officers.register.authorise(request(bench, .statements), by: [officers.requester])
        }
        func exchange(
            _ role: ServiceRole, _ issuer: String, _ reason: RevocationReason, since: Instant? = nil,
            _ request: CanonicalRequest
        ) async throws {
            _ = try await bench.authority.exchangeService(
                role, issuer: issuer, because: reason, invalidSince: since, by: officers.order(request))
        }
        let asked = { request(bench, .statements) }
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await exchange(.checkpoints, generation, .keyCompromise, asked())
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await exchange(.statements, generation, .superseded, asked())
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await exchange(.statements, generation, .keyCompromise, since: Bench.start, asked())
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try await exchange(.statements, "p256-entity-2", .keyCompromise, asked())
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
            try await exchange(
                .statements, generation, .keyCompromise,
                CanonicalRequest(
                    .applyPolicy, subject: "generation:\(generation)", parameters: ["files": [:]], reason: "test",
                    in: bench.surroundings))
        }
        let later = bench.surroundings.now().adding(days: 1)
        await #expect(throws: Refusal(RevocationRefusal.invalidityDate)) {
            try await exchange(
                .statements, generation, .keyCompromise, since: later,
                request(bench, .statements, since: later))
        }
        await #expect(throws: Refusal(RevocationRefusal.wrongReason)) {
            try await exchange(
                .statements, generation, .certificateHold, request(bench, .statements, .certificateHold))
        }
        #expect(try bench.authority.service(.statements).certificate == before)
        #expect(
            try await bench.count(
                "SELECT count(*) AS n FROM officer_authorisation WHERE act = 'holdCeremony'") == 0)
    }

    @Test(arguments: [IssuanceStep.requested, .intended, .signed, .verified])
    func `Killed before it is stored, the old key stays in use, and the same order finishes it`(_ step: IssuanceStep)
        async throws
    {
        let bench = try await Bench.create()
        let officers = try await BenchOfficers(bench)
        let old = try bench.authority.service(.timeStamping).certificate
        let order = try await officers.order(request(bench, .timeStamping))
        bench.stop.stop(at: step)
        await #expect(throws: StopSign.Killed.self) {
            try await bench.authority.exchangeService(
                .timeStamping, issuer: generation, because: .keyCompromise, by: order)
        }
        bench.stop.stop(at: nil)
        #expect(try await bench.another().service(.timeStamping).certificate == old)
        #expect(try await bench.authority.status.status(of: old.serialNumber) == .active)
        let done = try await bench.authority.exchangeService(
            .timeStamping, issuer: generation, because: .keyCompromise, by: order)
        #expect(done.revoked == [old.serialNumber])
        #expect(try await bench.another().service(.timeStamping).certificate == done.key.certificate)
        #expect(
            try await bench.count("SELECT count(*) AS n FROM service_key WHERE role = 'timeStamping'") == 2)
    }

    @Test func `A responder lives for three months, and is followed a month before its end`() async throws {
        let bench = try await Bench.create()
        let responder = try bench.authority.service(.ocspResponder).certificate
        #expect(responder.notAfter == responder.notBefore.adding(days: 90).adding(seconds: -1))
        bench.clock.turn(seconds: 59 * 86_400)
        #expect(try await bench.authority.renewResponders().isEmpty)
        bench.clock.turn(seconds: 86_400 + 1)
        #expect(try await bench.authority.renewResponders() == [generation])
    }
}
