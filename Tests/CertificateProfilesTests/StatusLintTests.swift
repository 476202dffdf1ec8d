import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Revocation
import Testing

@testable import AuthorityFixtures

/// Lists and answers: good ones pass every rule, and each rule has one that breaks it, made by altering a good one.
@Suite struct StatusLintTests {
    /// A list taken apart, to be put together again with one thing changed.
    private struct ListParts {
        var members: [[UInt8]]
        var entries: [[UInt8]]?
        var extensions: [CertificateExtension]
        let algorithm: [UInt8]
        let signature: [UInt8]
        /// version, algorithm, issuer, thisUpdate, nextUpdate
        init(_ der: [UInt8]) throws {
            let outer = try DERElement(parsing: der, limit: 1 << 20).list(limit: 3)
            algorithm = outer[1].encoded
            signature = outer[2].encoded
            let body = try outer[0].list(limit: 10)
            members = body.prefix(5).map(\.encoded)
            entries = try body.count == 7 ? body[5].list(limit: 1000).map(\.encoded) : nil
            extensions = try #require(body.last).list(0xA0, limit: 1)[0].list(limit: 20).map { try .read($0) }
        }
        var body: [UInt8] {
            DER.sequence(
                members + (entries.map { [DER.sequence($0)] } ?? [])
                    + [DER.explicit(0, CertificateExtension.sequence(extensions))])
        }
        var der: [UInt8] { DER.sequence([body, algorithm, signature]) }

        mutating func replace(_ new: CertificateExtension) {
            extensions = extensions.map { $0.oid == new.oid ? new : $0 }
        }
        mutating func remove(_ oid: OID) { extensions.removeAll { $0.oid == oid } }
    }

    private static func entry(
        _ serial: [UInt8], _ time: [UInt8], _ extensions: [CertificateExtension] = []
    ) -> [UInt8] {
        DER.sequence([
            DER.element(0x02, serial), time, extensions.isEmpty ? [] : CertificateExtension.sequence(extensions),
        ])
    }

    private static func reason(_ code: UInt8) -> CertificateExtension {
        .raw(.reasonCode, value: DER.enumerated(code))
    }

    @Test func `What is about to be signed meets every rule in full, whatever the clock says`() async throws {
        let bench = try await Bench.create()
        let good = try await bench.list(bench.active())
        var parts = try ListParts(good.der)
        let before = Instant(seconds: 1_600_000_000)
        parts.members[3] = DER.time(before)
        parts.members[4] = DER.time(before.adding(days: 2))
        let context = CRLContext(
            issuer: try bench.issuing.certificate, isOurs: true, longestLifeSeconds: 24 * 3600)
        // It lies before the rule's date: found later it is a notice, signed it is not.
        #expect(Linter.findings(list: parts.der, in: context).first { $0.rule == "list-life" }?.severity == .notice)
        do {
            _ = try Linter.permit(list: parts.body, in: context)
            Issue.record("it may be signed")
        } catch { #expect(error.detail.contains("list-life"), "\(error)") }
    }

    @Test func `Each rule about lists has one that breaks it`() async throws {
        let bench = try await Bench.create()
        let issuer = try bench.issuing
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        let good = try await bench.list(record)
        func context(_ issuer: Certificate? = nil, shard: Int? = nil) throws -> CRLContext {
            CRLContext(
                issuer: try issuer ?? bench.issuing.certificate, isOurs: true,
                address: bench.authority.addresses.list(record.issuer, shard: record.shard),
                deltaAddress: bench.authority.addresses.list(record.issuer, CRLName(.shard(record.shard), .delta)),
                shard: shard ?? record.shard, shards: try bench.issuing.shards, longestLifeSeconds: 24 * 3600)
        }
        #expect(Linter.findings(list: good.der, in: try context()) == [])
        #expect(Linter.findings(list: good.der) == [])
        _ = try Linter.permit(list: good.tbs, in: try context())

        let usual = { try context() }
        var covered: Set<String> = []
        func expect(
            _ rule: String, in other: CRLContext? = nil, sourceLocation: SourceLocation = #_sourceLocation,
            _ change: (inout ListParts) throws -> Void
        ) throws {
            var parts = try ListParts(good.der)
            try change(&parts)
            let context = try other ?? usual()
            let rules = Set(Linter.findings(list: parts.der, in: context).map(\.rule))
            #expect(rules.contains(rule), "\(rule) in \(rules)", sourceLocation: sourceLocation)
            covered.insert(rule)
            guard rule != "list-signature-verifies", rule != "list-signature-algorithm" else { return }
            // Before it is signed, the same stops it.
            #expect(throws: Refusal(CertificateProfilesRefusal.lintFailed), sourceLocation: sourceLocation) {
                _ = try Linter.permit(list: parts.body, in: context)
            }
        }
        let time = DER.time(Bench.start)
        let serial = record.serialNumber.bytes

        try expect("list-version") { $0.members.removeFirst() }
        try expect("list-signature-algorithm") {
            $0.members[1] = DER.sequence([OID.ecdsaWithSHA256.der, DER.null])
        }
        try expect("list-issuer-name") { $0.members[2] = try bench.root.certificate.subject.der }
        try expect("list-issuer-may-sign", in: try context(record.certificate())) { _ in }
        try expect("list-next-update") { $0.members.removeLast() }
        try expect("list-next-update") { $0.members[4] = $0.members[3] }
        try expect("list-life") { $0.members[4] = DER.time(Bench.start.adding(days: 2)) }
        try expect("list-time-encoding") { $0.members[3] = DER.generalizedTime(Bench.start) }
        try expect("list-time-encoding") { $0.entries = [Self.entry(serial, DER.generalizedTime(Bench.start))] }
        try expect("list-authority-key-identifier") { $0.remove(.authorityKeyIdentifier) }
        try expect("list-authority-key-identifier") { $0.replace(.authorityKeyIdentifier([1, 2])) }
        try expect("list-number") { $0.remove(.crlNumber) }
        try expect("list-number") { $0.replace(.raw(.crlNumber, value: DER.integer(-1))) }
        try expect("list-number") {
            $0.replace(.raw(.crlNumber, value: DER.integer([UInt8](repeating: 1, count: 21))))
        }
        try expect("list-distribution-point") { $0.remove(.issuingDistributionPoint) }
        try expect("list-distribution-point") { parts in
            let point = try #require(parts.extensions.first { $0.oid == .issuingDistributionPoint })
            parts.replace(.raw(.issuingDistributionPoint, value: point.value))
        }
        try expect("list-scope") {
            $0.replace(.raw(.issuingDistributionPoint, critical: true, value: [0x30, 0x03, 0x84, 0x01, 0xFF]))
        }
        try expect("list-shard", in: try context(shard: (record.shard + 1) % issuer.shards)) { _ in }
        try expect("list-entries-present") { $0.entries = [] }
        try expect("list-serials-unique") { $0.entries = ($0.entries ?? []) + ($0.entries ?? []) }
        try expect("list-serials-sorted") {
            $0.entries = [Self.entry([0x7F] + serial.dropFirst(), time), Self.entry([0x01] + serial.dropFirst(), time)]
        }
        try expect("list-serial-positive") { $0.entries = [Self.entry([0xF1] + serial.dropFirst(), time)] }
        try expect("list-entry-times") {
            $0.entries = [Self.entry(serial, DER.time(Bench.start.adding(seconds: 3600)))]
        }
        try expect("list-entry-reasons") { $0.entries = [Self.entry(serial, time, [Self.reason(0)])] }
        try expect("list-entry-reasons") { $0.entries = [Self.entry(serial, time, [Self.reason(7)])] }
        try expect("list-removal-in-delta") { $0.entries = [Self.entry(serial, time, [Self.reason(8)])] }
        try expect("list-invalidity-date") {
            let late = DER.generalizedTime(Bench.start.adding(seconds: 1))
            $0.entries = [Self.entry(serial, time, [.raw(.invalidityDate, value: late)])]
        }
        try expect("list-entry-extensions") {
            $0.entries = [Self.entry(serial, time, [.raw("1.2.3.4", value: DER.null)])]
        }
        try expect("list-delta-base") {
            $0.extensions.append(.raw(.deltaCRLIndicator, critical: true, value: DER.integer(1_000)))
        }
        try expect("list-freshest-in-full") {
            $0.extensions.append(.raw(.deltaCRLIndicator, critical: true, value: DER.integer(0)))
            $0.extensions.append(.raw(.freshestCRL, value: CertificateExtension.crlDistributionPoint("http://x").value))
        }
        try expect("list-freshest-of-scope") { $0.remove(.freshestCRL) }
        try expect("list-freshest-of-scope") {
            $0.replace(.freshestList("\(Bench.base)/crl/p256-entity-1/full-delta.crl"))
        }
        try expect("list-extensions") { $0.extensions.append(.raw("1.2.3.4", value: DER.null)) }
        try expect("list-expired-certificates") {
            let late = DER.generalizedTime(Bench.start.adding(days: 1))
            $0.extensions.append(.raw(.expiredCertsOnCRL, value: late))
        }
        try expect("list-signature-verifies") { $0.replace(.raw(.crlNumber, value: DER.integer(99))) }
        #expect(Linter.findings(list: [1, 2, 3]).map(\.rule) == ["well-formed"])
        let all = Set(Linter.rules.filter { $0.subject == .list }.map(\.id))
        #expect(all.subtracting(covered) == [], "rules without an example")
    }

    /// An answer taken apart.
    private struct AnswerParts {
        /// responder, producedAt, responses
        var members: [[UInt8]]
        var single: [[UInt8]]
        var singleExtensions: [CertificateExtension] = []
        var extensions: [CertificateExtension] = []
        var algorithm: [UInt8]
        let signature: [UInt8]
        var certificates: [[UInt8]]

        init(_ response: OCSPResponse) throws {
            let outer = try DERElement(parsing: response.der, limit: 1 << 20).list(limit: 2)
            let basic = Array(try outer[1].list(0xA0, limit: 1)[0].list(limit: 2)[1].octetString())
            let parts = try DERElement(parsing: basic, limit: 1 << 20).list(limit: 4)
            members = try parts[0].list(limit: 4).prefix(3).map(\.encoded)
            single = try DERElement(parsing: members[2], limit: 1 << 20).list(limit: 1)[0].list(limit: 5).map(\.encoded)
            algorithm = parts[1].encoded
            signature = parts[2].encoded
            certificates = try parts[3].list(0xA0, limit: 1)[0].list(limit: 4).map(\.encoded)
        }

        var body: [UInt8] {
            func tagged(_ extensions: [CertificateExtension]) -> [UInt8] {
                extensions.isEmpty ? [] : DER.explicit(1, CertificateExtension.sequence(extensions))
            }
            let one = DER.sequence(single + [tagged(singleExtensions)])
            return DER.sequence(
                [members[0], members[1], members[2].isEmpty ? DER.sequence([]) : DER.sequence([one])] + [
                    tagged(extensions)
                ])
        }
        var der: [UInt8] {
            let basic = DER.sequence([body, algorithm, signature, DER.explicit(0, DER.sequence(certificates))])
            return DER.sequence([
                DER.enumerated(0), DER.explicit(0, DER.sequence([OID.ocspBasic.der, DER.octetString(basic)])),
            ])
        }
    }

    @Test func `Each rule about answers has one that breaks it`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        let responder = try bench.authority.service(.ocspResponder).certificate
        let good = try await bench.ocsp(record.serialNumber, digest: .sha256)
        let context = ResponseContext(
            issuer: try bench.issuing.certificate, responder: responder, longestLifeSeconds: 3600)
        #expect(Linter.findings(answer: good.der, in: context) == [])
        #expect(Linter.findings(answer: good.der) == [])
        let body = try #require(good.basic?.body)
        _ = try Linter.permit(answer: body, in: context)

        var covered: Set<String> = []
        func expect(
            _ rule: String, in other: ResponseContext? = nil, signed: Bool = false,
            sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout AnswerParts) throws -> Void
        ) throws {
            var parts = try AnswerParts(good)
            try change(&parts)
            let rules = Set(Linter.findings(answer: parts.der, in: other ?? context).map(\.rule))
            #expect(rules.contains(rule), "\(rule) in \(rules)", sourceLocation: sourceLocation)
            covered.insert(rule)
            guard !signed else { return }
            #expect(throws: Refusal(CertificateProfilesRefusal.lintFailed), sourceLocation: sourceLocation) {
                _ = try Linter.permit(answer: parts.body, in: other ?? context)
            }
        }
        let later = DER.generalizedTime(Bench.start.adding(seconds: 60))
        let revoked = DER.generalizedTime(Bench.start)
        func revocation(_ time: [UInt8], _ reason: UInt8?) -> [UInt8] {
            DER.element(0xA1, joining: [time, reason.map { DER.explicit(0, DER.enumerated($0)) } ?? []])
        }

        try expect("answer-version") { $0.members[0] = DER.explicit(0, DER.integer(0)) + $0.members[0] }
        try expect("answer-responder-by-key") { $0.members[0] = DER.explicit(1, responder.subject.der) }
        try expect("answer-responder-by-key") { $0.members[0] = DER.explicit(2, DER.octetString([1, 2])) }
        let login = try record.certificate()
        try expect(
            "answer-responder-delegated", in: ResponseContext(issuer: try bench.issuing.certificate, responder: login)
        ) { _ in }
        try expect("answer-responder-valid") {
            let end = responder.notAfter.adding(seconds: -10)
            $0.members[1] = DER.generalizedTime(end)
            $0.single[2] = DER.generalizedTime(end)
            $0.single[3] = DER.explicit(0, DER.generalizedTime(end.adding(seconds: 60)))
        }
        try expect("answer-times") { $0.single[2] = later }
        try expect("answer-times") { $0.single.removeLast() }
        try expect("answer-times") { $0.single[3] = DER.explicit(0, revoked) }
        try expect("answer-life") {
            $0.single[3] = DER.explicit(0, DER.generalizedTime(Bench.start.adding(seconds: 3601)))
        }
        try expect("answer-certificate-name") {
            $0.single[0] = OCSPCertID(issuer: try bench.root.certificate, serialNumber: record.serialNumber).der
        }
        try expect("answer-certificates-distinct") { $0.members[2] = [] }
        try expect("answer-revocation-time") { $0.single[1] = revocation(later, nil) }
        try expect("answer-revocation-time") {
            $0.single[1] = revocation(revoked, 1)
            $0.singleExtensions = [.raw(.invalidityDate, value: later)]
        }
        try expect("answer-reason") { $0.single[1] = revocation(revoked, 0) }
        try expect("answer-reason") { $0.single[1] = revocation(revoked, 8) }
        try expect("answer-nonce-length") { $0.extensions = [.raw(.ocspNonce, value: DER.octetString([]))] }
        try expect("answer-nonce-length") {
            $0.extensions = [.raw(.ocspNonce, value: DER.octetString([UInt8](repeating: 1, count: 129)))]
        }
        try expect("answer-archive-cutoff") { $0.singleExtensions = [.raw(.ocspArchiveCutoff, value: later)] }
        try expect("answer-extensions") { $0.extensions = [.raw("1.2.3.4", value: DER.null)] }
        try expect("answer-extensions") {
            $0.singleExtensions = [.raw(.ocspArchiveCutoff, critical: true, value: revoked)]
        }
        try expect("answer-signature-algorithm", signed: true) {
            $0.algorithm = DER.sequence([OID.ecdsaWithSHA256.der, DER.null])
        }
        try expect("answer-carries-responder", signed: true) { $0.certificates = [login.der] }
        try expect("answer-signature-verifies", signed: true) {
            $0.members[1] = DER.generalizedTime(Bench.start.adding(seconds: 1))
        }
        #expect(Linter.findings(answer: [1, 2, 3]).map(\.rule) == ["well-formed"])
        let all = Set(Linter.rules.filter { $0.subject == .answer }.map(\.id))
        #expect(all.subtracting(covered) == [], "rules without an example")
    }

    /// Nothing in bytes from outside makes a rule stumble.
    @Test func `Shortened and altered lists and answers are findings, never more`() async throws {
        let bench = try await Bench.create()
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(record.serialNumber, reason: .superseded, on: Bench.automatic)
        let list = try await bench.list(record).der
        let answer = try await bench.ocsp(record.serialNumber).der
        for bytes in [list, answer] {
            for position in bytes.indices {
                let isFound =
                    !Linter.findings(list: Array(bytes[..<position])).isEmpty
                    && !Linter.findings(answer: Array(bytes[..<position])).isEmpty
                #expect(isFound, "\(position) of \(bytes.count) bytes pass")
                for change in [0x01, 0x80, 0xFF] as [UInt8] {
                    var altered = bytes
                    altered[position] ^= change
                    _ = Linter.findings(list: altered)
                    _ = Linter.findings(answer: altered)
                }
            }
        }
    }
}
