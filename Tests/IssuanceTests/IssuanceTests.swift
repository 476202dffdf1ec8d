import Audit
import CertificateRecords
import CertificateStatus
import CreditCodes
import Cryptography
import Groundwork
import Installation
import Issuance
import Revocation
import Storage
import Synchronization
import Testing

@testable import AuthorityFixtures

@Suite struct IssuanceTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func `A certificate says what registry and profile say, and is issued before it is active`(
        _ family: AlgorithmFamily
    ) async throws {
        let bench = try await Bench.create(family)
        let record = try await bench.authority.issuance.issue(bench.request())
        #expect(record.storedState == .issued)
        #expect(!record.isUsable(at: bench.surroundings.now()))
        let certificate = try record.certificate()
        #expect(certificate.subject.value(of: .organizationIdentifier) == "NTRCN-\(Bench.code)")
        #expect(certificate.value(of: .organizationCode)?.value == DER.printableString(Bench.code))
        #expect(certificate.keyUsage == [.digitalSignature])
        #expect(certificate.extendedKeyUsage == [.clientAuth])
        #expect(certificate.facts.crlAddresses == ["\(Bench.base)/crl/\(record.issuer)/\(record.shard).crl"])
        #expect(certificate.facts.deltaAddresses == ["\(Bench.base)/crl/\(record.issuer)/\(record.shard)-delta.crl"])
        #expect(
            certificate.facts.ocspAddresses + certificate.facts.issuerAddresses == [
                "\(Bench.base)/ocsp/\(record.issuer)", "\(Bench.base)/ca/\(record.issuer).cer",
            ])
        let active = try await bench.authority.revocation.activate(record.serialNumber, actor: .system)
        #expect(active.isUsable(at: bench.surroundings.now()))
        #expect(try await bench.authority.isGoodNow(certificate))
        #expect(try await bench.authority.certificates.certificates(creditCode: Bench.code) == [active])
        #expect(
            try await bench.authority.certificates.certificates(medium: Array(repeating: 7, count: 16)) == [active])
    }

    @Test func `The signature profile has nonRepudiation, with digitalSignature for SM2 alone`() async throws {
        for (family, usage) in [
            (AlgorithmFamily.sm2, Set<KeyUsage>([.digitalSignature, .nonRepudiation])), (.p256, [.nonRepudiation]),
        ] {
            let bench = try await Bench.create(family)
            let record = try await bench.authority.issuance.issue(bench.request("entity-signature", slot: 0x9C))
            #expect(try record.certificate().keyUsage == usage)
        }
    }

    @Test func `Codes that are no enterprise's get the scheme of the policy`() async throws {
        let bench = try await Bench.create()
        var request = try bench.request()
        request.subject.entity = try UnifiedSocialCreditCode(trustingStored: "11310000000000000X")
        let record = try await bench.authority.issuance.issue(request.planned())
        #expect(try record.certificate().subject.value(of: .organizationIdentifier) == "UC:CN-11310000000000000X")
    }

    @Test func `The same reference gets the same certificate, another key another one`() async throws {
        let bench = try await Bench.create()
        let key = try PrivateKey.generate(.p256)
        let request = try bench.request(key: key, reference: "plan_1/3")
        let first = try await bench.authority.issuance.issue(request)
        #expect(try await bench.authority.issuance.issue(request) == first)
        #expect(try await bench.authority.issuance.issue(bench.request(reference: "plan_1/3")) != first)
    }

    @Test(arguments: IssuanceStep.allCases)
    func `Killed at any step, no certificate is without a record and no serial number is signed again`(
        _ step: IssuanceStep
    ) async throws {
        let bench = try await Bench.create()
        let before = try await bench.count("SELECT count(*) AS n FROM certificate")
        bench.stop.stop(at: step)
        let request = try bench.request(reference: "plan_9/1")
        await #expect(throws: StopSign.Killed.self) { try await bench.authority.issuance.issue(request) }
        let serial = try #require(bench.stop.seen.withLock { $0.first })
        let stored = try await bench.authority.certificates.certificate(serial)
        #expect((stored != nil) == (step == .stored))

        // Another process, before the lease ends: what is open stays open, and nobody hears of it.
        let other = try await bench.another()
        #expect(try await other.issuance.recoverIntents().isEmpty)
        if step != .stored { #expect(try await bench.ocspStatus(serial, by: other) == .unknown) }

        // After it, the number counts as revoked, once.
        bench.clock.turn(seconds: 61)
        let closed = try await other.issuance.recoverIntents()
        #expect(closed == (step == .requested || step == .stored ? [] : [serial]))
        #expect(try await other.issuance.recoverIntents().isEmpty)
        if !closed.isEmpty {
            guard case .revoked = try await bench.ocspStatus(serial, by: other) else {
                Issue.record("not revoked")
                return
            }
            #expect(try await other.status.status(of: serial) == .revoked)
        }

        // The plan makes its step again and gets one certificate: the stored one, or a new one.
        bench.stop.stop(at: nil)
        let again = try await bench.authority.issuance.issue(request)
        #expect((again.serialNumber == serial) == (step == .stored))
        #expect(try await bench.count("SELECT count(*) AS n FROM certificate") == before + 1)
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
    }

    @Test func `The plan's own second try takes its unfinished first over at once`() async throws {
        let bench = try await Bench.create()
        bench.stop.stop(at: .signed)
        let request = try bench.request(reference: "plan_2/1")
        await #expect(throws: StopSign.Killed.self) { try await bench.authority.issuance.issue(request) }
        let lost = try #require(bench.stop.seen.withLock { $0.first })
        bench.stop.stop(at: nil)
        _ = try await bench.authority.issuance.issue(request)
        #expect(try await bench.authority.status.status(of: lost) == .revoked)
    }

    @Test func `An issuance that was overtaken hands out nothing`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        bench.stop.perform(at: .verified) { _ in
            bench.clock.turn(seconds: 61)
            _ = try await other.issuance.recoverIntents()
        }
        await #expect(throws: Refusal(CertificateRecordsRefusal.intentLost)) {
            try await bench.authority.issuance.issue(bench.request())
        }
    }

    @Test func `A full disk refuses, loses nothing, and lets go when there is room`() async throws {
        let bench = try await Bench.create()
        let pages = try await bench.count("SELECT page_count AS n FROM pragma_page_count")
        var options = DatabaseOptions()
        options.maximumPages = Int(pages)
        let full = try await bench.another(options: options)
        var refusals: [Refusal] = []
        var issued: [CertificateRecord] = []
        for _ in 0..<40 {
            do { issued.append(try await full.issuance.issue(bench.request())) } catch let refusal as Refusal {
                refusals.append(refusal)
            }
        }
        #expect(refusals.contains(Refusal(StorageRefusal.diskFull)))
        for record in issued {
            #expect(try await bench.authority.certificates.certificate(record.serialNumber) != nil)
        }
        bench.clock.turn(seconds: 61)
        _ = try await bench.authority.issuance.recoverIntents()
        #expect(try await bench.count("SELECT count(*) AS n FROM issuance_intent WHERE progress = 'intended'") == 0)
        #expect(
            try await bench.count(
                """
                SELECT count(*) AS n FROM issuance_intent i
                WHERE i.progress = 'issued' AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.serial = i.serial)
                """) == 0)
        _ = try await bench.authority.issuance.issue(bench.request())
    }

    @Test func `A locked database refuses with "later", and issues once it is free`() async throws {
        let bench = try await Bench.create()
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 50
        let blocked = try await bench.another(options: options)
        let request = try bench.request()
        let refusal = try await bench.database.write { transaction in
            // The transaction is open while the other process tries: a lock that outlasts its patience.
            try transaction.execute("UPDATE authority_setting SET datum = datum")
            return try waiting { try await blocked.issuance.issue(request) }
        }
        #expect(refusal == Refusal(StorageRefusal.busy))
        #expect(refusal?.retry == .later)
        _ = try await blocked.issuance.issue(request)
    }

    @Test func `Two processes issue at once and never draw one number`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let serials = try await withThrowingTaskGroup(of: SerialNumber.self) { group in
            for index in 0..<20 {
                let authority = index.isMultiple(of: 2) ? bench.authority : other
                let request = try bench.request()
                group.addTask { try await authority.issuance.issue(request).serialNumber }
            }
            return try await group.reduce(into: Set<SerialNumber>()) { $0.insert($1) }
        }
        #expect(serials.count == 20)
    }
}

/// Runs the asynchronous body to its end and gives what it refused with. Only for a thread that may block.
private func waiting<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Refusal? {
    let box = RefusalBox()
    Task {
        do {
            _ = try await body()
            box.finish(nil)
        } catch { box.finish(error as? Refusal) }
    }
    return box.wait()
}
