import Audit
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import Issuance
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

@Suite struct RevocationTests {
    @Test func `OCSP and list follow every change at once, in every process`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let record = try await bench.active()
        let serial = record.serialNumber
        let revocations = bench.authority.revocation
        // Both have answered before, so that an old answer is there to be given by mistake.
        for authority in [bench.authority, other] {
            #expect(try await bench.ocspStatus(serial, by: authority) == .good)
            #expect(try await bench.list(record, by: authority).entry(for: serial) == nil)
        }
        bench.clock.turn(seconds: 5)
        let held = bench.surroundings.now()
        try await revocations.suspend(serial, on: Bench.automatic)
        for authority in [other, bench.authority] {
            #expect(try await bench.ocspStatus(serial, by: authority) == .revoked(at: held, reason: .certificateHold))
            #expect(try await bench.list(record, by: authority).entry(for: serial)?.reason == .certificateHold)
        }
        #expect(try await !bench.authority.isGoodNow(record.certificate()))
        try await revocations.resume(serial, on: Bench.automatic)
        for authority in [other, bench.authority] {
            #expect(try await bench.ocspStatus(serial, by: authority) == .good)
            #expect(try await bench.list(record, by: authority).entry(for: serial) == nil)
        }
        bench.clock.turn(seconds: 5)
        let ended = bench.surroundings.now()
        try await other.revocation.revoke(serial, reason: .keyCompromise, on: Bench.automatic)
        for authority in [bench.authority, other] {
            #expect(try await bench.ocspStatus(serial, by: authority) == .revoked(at: ended, reason: .keyCompromise))
            #expect(try await bench.list(record, by: authority).entry(for: serial)?.reason == .keyCompromise)
        }
        #expect(try await bench.list(record).number == 4)
    }

    @Test func `What is suspended and then revoked is void since the suspension`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let held = bench.surroundings.now()
        try await bench.authority.revocation.suspend(record.serialNumber, on: Bench.automatic)
        bench.clock.turn(seconds: 3600)
        let revoked = try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .superseded, on: Bench.automatic)
        #expect(revoked.revocation == RevocationFact(reason: .superseded, revokedAt: held))
    }

    @Test func `Doing it again is harmless; what the table has not is refused`() async throws {
        let bench = try await Bench.create()
        let revocations = bench.authority.revocation
        let record = try await bench.active()
        let serial = record.serialNumber
        try await revocations.suspend(serial, on: Bench.automatic)
        let version = try await revocations.suspend(serial, on: Bench.automatic).statusVersion
        #expect(version == record.statusVersion + 1)
        let revoked = try await revocations.revoke(serial, reason: .superseded, on: Bench.automatic)
        #expect(try await revocations.revoke(serial, reason: .keyCompromise, on: Bench.automatic) == revoked)
        for act in [revocations.resume, revocations.suspend] {
            await #expect(throws: Refusal(CertificateRecordsRefusal.wrongState)) {
                try await act(serial, Bench.automatic)
            }
        }
        await #expect(throws: Refusal(RevocationRefusal.wrongReason)) {
            try await revocations.revoke(serial, reason: .certificateHold, on: Bench.automatic)
        }
        let stranger = SerialNumber.random(in: bench.surroundings)
        await #expect(throws: Refusal(CertificateRecordsRefusal.unknownCertificate)) {
            try await revocations.revoke(stranger, reason: .superseded, on: Bench.automatic)
        }
    }

    @Test func `Each reason is given by those who may, and a hold never as a reason`() async throws {
        let bench = try await Bench.create()
        let revocations = bench.authority.revocation
        for reason in RevocationReason.allCases {
            for (revocationAuthority, requester) in [
                (Bench.automatic, RevocationRule.RequesterClass.system),
                (.onBehalf(.holder("07"), reason: "lost"), .holder),
            ] {
                let record = try await bench.active()
                let isAllowed = RevocationRule.requesters(for: reason).contains(requester)
                if isAllowed {
                    try await revocations.revoke(record.serialNumber, reason: reason, on: revocationAuthority)
                } else {
                    await #expect(throws: Refusal(RevocationRefusal.wrongReason), "\(reason) by \(requester)") {
                        try await revocations.revoke(record.serialNumber, reason: reason, on: revocationAuthority)
                    }
                }
                let fact = try await bench.authority.certificates.certificate(record.serialNumber)?.revocation
                #expect(fact?.reason == (isAllowed ? reason : nil))
            }
        }
        #expect(!RevocationRule.forSubscribers.contains(.caCompromise))
        #expect(RevocationRule.forSubscribers.contains(.privilegeWithdrawn))
    }

    @Test func `An invalidity date lies within the certificate's life and not after its revocation`() async throws {
        let bench = try await Bench.create()
        let revocations = bench.authority.revocation
        let record = try await bench.active()
        let serial = record.serialNumber
        bench.clock.turn(seconds: 7200)
        let now = bench.surroundings.now()
        for wrong in [now.adding(seconds: 1), record.notBefore.adding(seconds: -1)] {
            await #expect(throws: Refusal(RevocationRefusal.invalidityDate)) {
                try await revocations.revoke(serial, reason: .keyCompromise, invalidSince: wrong, on: Bench.automatic)
            }
        }
        let since = now.adding(seconds: -3600)
        let revoked = try await revocations.revoke(
            serial, reason: .keyCompromise, invalidSince: since, on: Bench.automatic)
        #expect(revoked.revocation == RevocationFact(reason: .keyCompromise, revokedAt: now, invalidSince: since))
        #expect(try await bench.list(record).entry(for: serial)?.invalidSince == since)
        #expect(try await bench.ocsp(serial).basic?.responses.first?.invalidSince == since)
        // What is void from a suspension on cannot have become invalid only after it.
        let held = try await bench.active()
        try await revocations.suspend(held.serialNumber, on: Bench.automatic)
        bench.clock.turn(seconds: 60)
        await #expect(throws: Refusal(RevocationRefusal.invalidityDate)) {
            try await revocations.revoke(
                held.serialNumber, reason: .keyCompromise, invalidSince: bench.surroundings.now(), on: Bench.automatic)
        }
    }

    @Test func `A certificate that is not activated in time is revoked by itself`() async throws {
        let bench = try await Bench.create()
        let first = try await bench.authority.issuance.issue(bench.request())
        let second = try await bench.authority.issuance.issue(bench.request())
        bench.clock.turn(seconds: 72 * 3600 + 1)
        await #expect(throws: Refusal(RevocationRefusal.activationTooLate)) {
            try await bench.authority.revocation.activate(first.serialNumber, actor: .system)
        }
        #expect(try await bench.authority.status.status(of: first.serialNumber) == .revoked)
        #expect(try await bench.authority.revocation.expireUnactivated() == [second.serialNumber])
        #expect(try await bench.authority.revocation.expireUnactivated().isEmpty)
    }

    @Test func `Expiry follows from time; an expired certificate leaves the list after one more`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let serial = record.serialNumber
        try await bench.authority.revocation.revoke(serial, reason: .superseded, on: Bench.automatic)
        #expect(try await bench.list(record).entry(for: serial) != nil)
        let signature = try await bench.active("entity-signature")
        try await bench.authority.revocation.revoke(signature.serialNumber, reason: .superseded, on: Bench.automatic)
        let other = try await bench.active()
        bench.clock.turn(seconds: 366 * 86_400)
        #expect(try await bench.authority.status.status(of: other.serialNumber) == .expired)
        await #expect(throws: Refusal(CertificateRecordsRefusal.wrongState)) {
            try await bench.authority.revocation.suspend(other.serialNumber, on: Bench.automatic)
        }
        #expect(try await bench.list(record).entry(for: serial) != nil)
        #expect(try await bench.list(.full).entry(for: serial) != nil)
        bench.clock.turn(seconds: 86_400)
        #expect(try await bench.list(record).entry(for: serial) == nil)
        #expect(try await bench.list(record).expiredSince == nil)
        // Signatures are judged years later: their lists keep the entry, and say since when they do.
        #expect(record.shard % 2 == 0 && signature.shard % 2 == 1)
        for _ in 0..<2 {
            let kept = try await bench.list(signature)
            #expect(kept.entry(for: signature.serialNumber) != nil)
            #expect(try #require(kept.expiredSince) <= signature.notAfter)
            let full = try await bench.list(.full)
            #expect(full.entry(for: signature.serialNumber) != nil && full.entry(for: serial) == nil)
            bench.clock.turn(seconds: 86_400)
        }
        bench.clock.turn(seconds: 3653 * 86_400)
        _ = try await bench.list(signature)
        bench.clock.turn(seconds: 86_400)
        #expect(try await bench.list(signature).entry(for: signature.serialNumber) == nil)
    }

    @Test func `A suspension longer than the policy allows becomes a revocation`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        try await bench.authority.revocation.suspend(record.serialNumber, on: Bench.automatic)
        #expect(try await bench.authority.revocation.endLongSuspensions().isEmpty)
        bench.clock.turn(seconds: 91 * 86_400)
        #expect(try await bench.authority.revocation.endLongSuspensions() == [record.serialNumber])
    }

    @Test func `What ended while it was held keeps no other hold waiting, nor does one that cannot be revoked`()
        async throws
    {
        let bench = try await Bench.create()
        let revocations = bench.authority.revocation
        let old = try await bench.active()
        let unactivated = try await bench.authority.issuance.issue(
            bench.request().ending(bench.surroundings.now().adding(days: 2)))
        bench.clock.turn(seconds: 300 * 86_400)
        try await revocations.suspend(old.serialNumber, on: Bench.automatic)
        bench.clock.turn(seconds: 86_400)
        let stuck = try await bench.active()
        let live = try await bench.active()
        for record in [stuck, live] { try await revocations.suspend(record.serialNumber, on: Bench.automatic) }
        bench.clock.turn(seconds: 91 * 86_400)
        #expect(try await bench.authority.status.status(of: old.serialNumber) == .expired)
        #expect(try await bench.authority.status.status(of: unactivated.serialNumber) == .expired)
        #expect(try await revocations.expireUnactivated().isEmpty)
        try await bench.database.write { transaction in
            try transaction.execute(
                """
                CREATE TRIGGER stuck BEFORE UPDATE ON certificate WHEN NEW.serial = X'\(stuck.serialNumber.hex)'
                BEGIN SELECT RAISE(ABORT, 'a test'); END
                """)
        }
        await #expect(throws: Refusal.self) { try await revocations.endLongSuspensions() }
        #expect(try await bench.authority.status.status(of: live.serialNumber) == .revoked)
        #expect(try await bench.authority.status.status(of: stuck.serialNumber) == .suspended)
        try await bench.database.write { try $0.execute("DROP TRIGGER stuck") }
        #expect(try await revocations.endLongSuspensions() == [stuck.serialNumber])
        #expect(try await revocations.endLongSuspensions().isEmpty)
    }
}

extension IssuanceRequest {
    fileprivate func ending(_ end: Instant) -> IssuanceRequest {
        var request = self
        request.notAfterAtMost = end
        return request
    }
}
