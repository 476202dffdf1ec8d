import Audit
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Revocation
import Storage
import Testing
import TimeStamping

@testable import AuthorityFixtures

@Suite struct StatusTests {
    private func error(_ bench: Bench, _ request: [UInt8], _ generation: String? = nil) async throws
        -> OCSPResponse.ErrorStatus?
    {
        let generation = try generation ?? bench.issuing.generation
        return try OCSPResponse(der: await bench.authority.status.ocsp(request, issuer: generation).der).error
    }

    @Test func `Malformed questions get malformedRequest, other responders' questions nothing`() async throws {
        let bench = try await Bench.create()
        #expect(try await error(bench, []) == .malformedRequest)
        #expect(try await error(bench, [0x30, 0x80, 0x00]) == .malformedRequest)
        #expect(try await error(bench, Array(repeating: 0x30, count: 100_000)) == .malformedRequest)
        let one = OCSPCertID(
            issuer: try bench.issuing.certificate, serialNumber: .random(in: bench.surroundings), digest: .sha1)
        let many = OCSPRequest(certificates: Array(repeating: one, count: 33), nonce: nil)
        #expect(try await error(bench, many.der) == .malformedRequest)
        #expect(
            try await error(bench, OCSPRequest(certificates: [one], nonce: nil).der, "p256-root-1") == .unauthorized)
        #expect(try await error(bench, OCSPRequest(certificates: [one], nonce: nil).der, "nobody") == .unauthorized)
    }

    @Test func `Several certificates and a nonce are answered together and in order`() async throws {
        let bench = try await Bench.create()
        let good = try await bench.active()
        let revoked = try await bench.active()
        try await bench.authority.revocation.revoke(revoked.serialNumber, reason: .superseded, on: Bench.automatic)
        let issuer = try bench.issuing
        let asked = [good.serialNumber, revoked.serialNumber, .random(in: bench.surroundings)].map {
            OCSPCertID(issuer: issuer.certificate, serialNumber: $0, digest: .sha256)
        }
        let nonce = Array(UInt8(0)..<32)
        let request = OCSPRequest(certificates: asked, nonce: nonce)
        let answer = await bench.authority.status.ocsp(request.der, issuer: issuer.generation)
        let basic = try #require(try OCSPResponse(der: answer.der).basic)
        #expect(basic.nonce == nonce && answer.isFresh)
        #expect(basic.responses.map(\.certificate) == asked)
        #expect(
            basic.responses.map(\.status) == [
                .good, .revoked(at: bench.surroundings.now(), reason: .superseded), .unknown,
            ])
        #expect(try await bench.count("SELECT count(*) AS n FROM ocsp_answer") == 0)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `A CertID in any digest that we know is answered`(digest: DigestAlgorithm) async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let name = OCSPCertID(issuer: try bench.issuing.certificate, serialNumber: record.serialNumber, digest: digest)
        let answer = await bench.authority.status.ocsp(
            OCSPRequest(certificates: [name], nonce: nil).der, issuer: record.issuer)
        let basic = try #require(try OCSPResponse(der: answer.der).basic)
        #expect(basic.responses.map(\.status) == [.good] && basic.responses.map(\.certificate) == [name])
        #expect(answer.fault == nil)
    }

    @Test func `While the store is behind, nothing is answered, listed or issued; afterwards all is`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        _ = try await bench.list(record)
        #expect(try await bench.ocspStatus(record.serialNumber) == .good)
        let storeStatus = bench.authority.issuers.storeStatus
        let name = OCSPCertID(issuer: try bench.issuing.certificate, serialNumber: record.serialNumber)
        storeStatus.set(Refusal(KeyCustodyRefusal.storeBehind))
        #expect(try await error(bench, OCSPRequest(certificates: [name], nonce: nil).der, record.issuer) == .tryLater)
        await #expect(throws: Refusal(KeyCustodyRefusal.storeBehind)) { try await bench.list(record) }
        await #expect(throws: Refusal(KeyCustodyRefusal.storeBehind)) { try await bench.active() }
        await #expect(throws: Refusal(KeyCustodyRefusal.storeBehind)) {
            try await bench.authority.status.status(of: record.serialNumber)
        }
        storeStatus.set(nil)
        #expect(try await bench.ocspStatus(record.serialNumber) == .good)
        _ = try await bench.list(record)
    }

    @Test func `An answer is signed once and given until its half-life`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let first = try await bench.ocsp(record.serialNumber)
        bench.clock.turn(seconds: 1799)
        #expect(try await bench.ocsp(record.serialNumber).der == first.der)
        #expect(try await bench.ocsp(record.serialNumber, digest: .sha256).der != first.der)
        bench.clock.turn(seconds: 2)
        #expect(try await bench.ocsp(record.serialNumber).der != first.der)
    }

    @Test func `Another authority's CertID is unknown to us, whatever its serial number`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let stranger = OCSPCertID(
            issuerName: try bench.issuing.certificate.subject, issuerKey: try PrivateKey.generate(.p256).publicKey,
            serialNumber: record.serialNumber, digest: .sha1)
        let request = OCSPRequest(certificates: [stranger], nonce: nil)
        let answer = await bench.authority.status.ocsp(request.der, issuer: record.issuer)
        #expect(try OCSPResponse(der: answer.der).basic?.responses.first?.status == .unknown)
    }

    @Test func `A full disk keeps no answer, and gives the true one`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        var options = DatabaseOptions()
        options.maximumPages = Int(try await bench.count("SELECT page_count AS n FROM pragma_page_count"))
        let full = try await bench.another(options: options)
        for _ in 0..<3 { #expect(try await bench.ocspStatus(record.serialNumber, by: full) == .good) }
    }

    @Test func `Lists are numbered without gaps, one for each change or half-life`() async throws {
        let bench = try await Bench.create()
        let other = try await bench.another()
        let record = try await bench.active()
        #expect(try await bench.list(record).number == 1)
        #expect(try await bench.list(record, by: other).number == 1)
        bench.clock.turn(seconds: 12 * 3600)
        #expect(try await bench.list(record, by: other).number == 2)
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        async let one = bench.list(record)
        async let two = bench.list(record, by: other)
        // One makes it; the other waits for that, or gives the one before if its patience ends first.
        let numbers = try await Set([one, two].map(\.number))
        #expect(numbers.contains(3) && numbers.isSubset(of: [2, 3]))
        let lists = try await [bench.list(record), bench.list(record, by: other)]
        #expect(lists.map(\.number) == [3, 3] && lists[0].der == lists[1].der)
        #expect(
            lists[0].issuingDistributionPoint == (try record.certificate().facts.crlAddresses.first))
        await #expect(throws: Refusal(CertificateStatusRefusal.unknownShard)) {
            try await bench.authority.status.crl(issuer: record.issuer, shard: 64)
        }
        let root = try await CertificateList(der: bench.authority.status.crl(issuer: "p256-root-1", shard: 0).der)
        #expect(root.isSigned(by: try bench.root.certificate.publicKey) && root.entries.isEmpty)
    }

    @Test func `Time stamp requests that cannot be granted are rejected by code`() async throws {
        let bench = try await Bench.create()
        let imprint = MessageImprint(of: [1], digest: .sha256)
        let cases: [(TimeStampResponse.Failure, [UInt8])] = [
            (.badDataFormat, [0x30, 0x00]),
            (
                .badAlgorithm,
                TimeStampRequest(
                    imprint: MessageImprint(of: [1], digest: .sha1), nonce: nil, certificateRequested: true
                )
                .der
            ),
            (
                .unacceptedPolicy,
                TimeStampRequest(imprint: imprint, policy: "1.2.3", nonce: nil, certificateRequested: true).der
            ),
        ]
        for (failure, request) in cases {
            guard
                case .rejected(let bits) = try TimeStampResponse(der: await bench.authority.timeStamps.respond(request))
            else {
                Issue.record("granted \(failure)")
                continue
            }
            #expect(bits == [failure.rawValue])
        }
        // Without certReq the token has no certificate; the nonce comes back.
        let request = TimeStampRequest(imprint: imprint, nonce: [9, 9], certificateRequested: false)
        guard
            case .granted(let token) = try TimeStampResponse(der: await bench.authority.timeStamps.respond(request.der))
        else {
            Issue.record("rejected")
            return
        }
        #expect(token.signedData.certificates.isEmpty && token.info.nonce == request.nonce)
    }
}
