import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Testing

@testable import AuthorityFixtures

@Suite struct LintTests {
    @Test func `Rules have ids of their own, citations and dates`() {
        #expect(Linter.rules.count >= 90)
        #expect(Set(Linter.rules.map(\.id)).count == Linter.rules.count)
        for rule in Linter.rules {
            #expect(!rule.citation.isEmpty && rule.since.wholeMatch(of: /20\d\d-\d\d-\d\d/) != nil, "\(rule.id)")
        }
    }

    @Test func `What we issue has no finding, with what the signer knows and without`() async throws {
        for family in [AlgorithmFamily.sm2, .p256] {
            let bench = try await Bench.create(family)
            var certificates = [try bench.root.certificate, try bench.issuing.certificate]
            for profile in ["entity-authentication", "entity-signature"] {
                certificates.append(try await bench.active(profile).certificate())
            }
            let desk = try await OfficersDesk.found(bench)
            for profile in ["department-server", "department-seal", "tls-server"] {
                certificates.append(
                    try await desk.issue(Bench.serviceRequest(profile, family)).certificate())
            }
            for role in ServiceRole.allCases { certificates.append(try bench.authority.service(role).certificate) }
            for certificate in certificates {
                #expect(Linter.findings(der: certificate.der) == [], "\(certificate.subject)")
            }
        }
    }

    @Test func `What is not a certificate has one finding`() {
        #expect(Linter.findings(der: [1, 2, 3]).map(\.rule) == ["well-formed"])
    }

    /// Each defect is found by its rule: a good body, one thing changed, closed with an empty signature.
    @Test func `Each defect is found by its rule`() async throws {
        let bench = try await Bench.create()
        let book = try await bench.authority.policies.current()
        let issuer = try bench.issuing
        let good = try await bench.active().certificate()
        let signature = try await bench.active("entity-signature").certificate()
        let stamping = try bench.authority.service(.timeStamping).certificate
        let responder = try bench.authority.service(.ocspResponder).certificate
        let server = try await OfficersDesk.found(bench).issue(Bench.serviceRequest("tls-server"))
            .certificate()
        var covered: Set<String> = []

        func context(_ profile: String) throws -> LintContext {
            LintContext(
                issuer: profile == "root"
                    ? nil : profile == "issuing" ? try bench.root.certificate : issuer.certificate,
                profile: book.profiles[profile], policy: book.certificates,
                addresses: bench.authority.addresses, generation: issuer.generation, shards: issuer.shards)
        }
        func found(
            _ certificate: Certificate, _ profile: String, _ change: (inout CertificateBody) throws -> Void
        ) throws -> Set<String> {
            var body = CertificateBody(
                serialNumber: certificate.serialNumber, signatureAlgorithm: .ecdsaWithSHA256,
                issuer: certificate.issuer, notBefore: certificate.notBefore, notAfter: certificate.notAfter,
                subject: certificate.subject, publicKey: certificate.publicKey, extensions: certificate.extensions)
            try change(&body)
            let closed = try Certificate.assemble(
                body: body.der, algorithm: body.signatureAlgorithm, signature: [], publicKey: body.publicKey)
            return Set(Linter.findings(der: closed.der, in: try context(profile)).map(\.rule))
        }
        func expect(
            _ rule: String, in certificate: Certificate? = nil, _ profile: String = "entity-authentication",
            sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout CertificateBody) throws -> Void
        ) throws {
            let rules = try found(certificate ?? good, profile, change)
            #expect(rules.contains(rule), "\(rule) in \(rules)", sourceLocation: sourceLocation)
            covered.insert(rule)
        }
        /// The same for what no body of ours can say: the members of the TBSCertificate, changed as bytes.
        func expectWritten(
            _ rule: String, sourceLocation: SourceLocation = #_sourceLocation,
            algorithm: [UInt8] = SignatureAlgorithm.ecdsaWithSHA256.identifier,
            _ change: (inout [[UInt8]]) throws -> Void
        ) throws {
            var members = try DERElement(parsing: good.tbs, limit: 65_536).list(limit: 20).map(\.encoded)
            try change(&members)
            let der = DER.sequence([DER.sequence(members), algorithm, DER.bitString([])])
            let rules = Set(Linter.findings(der: der, in: try context("entity-authentication")).map(\.rule))
            #expect(rules.contains(rule), "\(rule) in \(rules)", sourceLocation: sourceLocation)
            covered.insert(rule)
        }
        func replace(_ body: inout CertificateBody, _ new: CertificateExtension) {
            body.extensions = body.extensions.map { $0.oid == new.oid ? new : $0 }
        }
        func remove(_ body: inout CertificateBody, _ oid: OID) { body.extensions.removeAll { $0.oid == oid } }
        func rename(
            _ body: inout CertificateBody, _ type: OID, _ value: String, kind: DistinguishedName.Attribute.Kind = .utf8
        ) {
            body.subject = DistinguishedName(
                body.subject.attributes.map { $0.type == type ? .init(type, value, kind: kind) : $0 })
        }

        #expect(try found(good, "entity-authentication") { _ in } == [])
        #expect(try found(signature, "entity-signature") { _ in } == [])
        #expect(try found(stamping, "time-stamping") { _ in } == [])
        #expect(try found(responder, "ocsp-responder") { _ in } == [])
        #expect(try found(server, "tls-server") { _ in } == [])

        try expect("serial-entropy") {
            $0.serialNumber = try #require(SerialNumber([1] + Array(repeating: 0, count: 15)))
        }
        try expect("version-three") { $0.extensions = [] }
        try expect("signature-algorithm-of-issuer") { $0.signatureAlgorithm = .sm2WithSM3 }
        try expect("issuer-name") { $0.issuer = $0.subject }
        try expect("validity-order") { $0.notAfter = $0.notBefore }
        try expect("validity-length") { $0.notAfter = $0.notAfter.adding(days: 30) }
        try expect("validity-within-issuer") { $0.notAfter = issuer.certificate.notAfter.adding(days: 1) }
        try expect("subject-present") { $0.subject = DistinguishedName([.init(.commonName, "甲")]) }
        try expect("subject-order") { $0.subject = DistinguishedName($0.subject.attributes.reversed()) }
        try expect("subject-string-types") { rename(&$0, .countryName, "CN", kind: .utf8) }
        try expect("subject-lengths") { rename(&$0, .commonName, String(repeating: "长", count: 65)) }
        try expect("subject-text") { rename(&$0, .commonName, "甲\u{0007}乙") }
        for mark in ["\u{202E}", "\u{200B}", "\u{FE0F}", "\u{E000}", "\u{378}", "\u{1F600}"] {
            try expect("name-characters") { rename(&$0, .commonName, "甲\(mark)乙") }
        }
        try expect("country-code") { rename(&$0, .countryName, "cn", kind: .printable) }
        try expect("key-of-issuers-family") { $0.publicKey = try PrivateKey.generate(.sm2).publicKey }
        try expect("subject-key-identifier") { replace(&$0, .subjectKeyIdentifier([1, 2, 3])) }
        try expect("subject-key-identifier") { remove(&$0, .subjectKeyIdentifier) }
        try expect("authority-key-identifier") { replace(&$0, .authorityKeyIdentifier([1, 2, 3])) }
        try expect("authority-key-identifier") { remove(&$0, .authorityKeyIdentifier) }
        try expect("key-usage-critical") { replace(&$0, .keyUsage([.digitalSignature], critical: false)) }
        try expect("key-usage-of-authority") { replace(&$0, .keyUsage([.digitalSignature, .keyCertSign])) }
        try expect("authentication-without-non-repudiation") {
            replace(&$0, .keyUsage([.digitalSignature, .nonRepudiation]))
        }
        try expect("signature-non-repudiation", in: signature, "entity-signature") {
            replace(&$0, .keyUsage([.digitalSignature]))
        }
        try expect("one-family-of-uses") { replace(&$0, .keyUsage([.digitalSignature, .keyEncipherment])) }
        try expect("extended-key-usage") { replace(&$0, .extendedKeyUsage([.clientAuth, "2.5.29.37.0"])) }
        try expect("extended-key-usage-of-profile") { replace(&$0, .extendedKeyUsage([.emailProtection])) }
        try expect("responder-no-check", in: responder, "ocsp-responder") { remove(&$0, .ocspNoCheck) }
        try expect("responder-no-check") { $0.extensions.append(.ocspNoCheck) }
        try expect("time-stamping-alone", in: stamping, "time-stamping") {
            replace(&$0, .extendedKeyUsage([.timeStamping], critical: false))
        }
        try expect("basic-constraints") { remove(&$0, .basicConstraints) }
        try expect("path-length") { replace(&$0, .basicConstraints(.certificateAuthority(maxPathLength: nil))) }
        try expect("policies") { remove(&$0, .certificatePolicies) }
        try expect("policies") { replace(&$0, .certificatePolicies(["2.5.29.32.0"])) }
        try expect("policies-of-profile") { replace(&$0, .certificatePolicies(["1.2.3"])) }
        try expect("distribution-point") { remove(&$0, .crlDistributionPoints) }
        try expect("distribution-point") { body in
            let shard = (Shard.number(of: body.serialNumber, among: issuer.shards) + 1) % issuer.shards
            replace(&body, .crlDistributionPoint(bench.authority.addresses.list(issuer.generation, shard: shard)))
        }
        try expect("information-access") { replace(&$0, .authorityInformationAccess(ocsp: "\(Bench.base)/ocsp/x")) }
        try expect("plain-http-addresses") { replace(&$0, .crlDistributionPoint("https://elsewhere.example/1.crl")) }
        try expect("no-other-address") {
            replace(&$0, .certificatePolicies(["1.3.6.1.4.1.32473.1156.1.1"], cps: "http://cps.example"))
        }
        try expect("known-critical-extensions") { body in
            replace(&body, .raw(.organizationCode, critical: true, value: DER.printableString(Bench.code)))
        }
        try expect("extension-values") { $0.extensions.append(.raw("1.2.3.4", value: [0x30, 0x00])) }
        try expect("extension-values") { $0.extensions.append(.raw("1.2.3.4", value: [0x30])) }
        try expect("credit-code") { remove(&$0, .organizationCode) }
        try expect("credit-code") { replace(&$0, .text(.organizationCode, Bench.code, kind: .utf8)) }
        try expect("credit-code-equals-identifier") {
            replace(&$0, .text(.organizationCode, "91310000631291289Y", kind: .printable))
        }
        try expect("organization-identifier-form") { rename(&$0, .organizationIdentifier, "NTRUS-\(Bench.code)") }
        try expect("organization-identifier-form") { rename(&$0, .organizationIdentifier, Bench.code) }

        try expect("key-usage-of-profile") { replace(&$0, .keyUsage([.nonRepudiation])) }
        try expect("encryption-usage") { replace(&$0, .keyUsage([.keyEncipherment])) }
        try expect("extensions-of-profile") { $0.extensions.append(.raw("1.2.3.4", value: DER.null)) }
        try expect("extensions-of-profile") { remove(&$0, .extendedKeyUsage) }
        try expect("extensions-of-authority", in: try bench.root.certificate, "root") {
            $0.extensions.append(.certificatePolicies([.anyPolicy]))
        }
        try expect("subject-of-profile", in: stamping, "time-stamping") {
            $0.subject = DistinguishedName(
                $0.subject.attributes.dropLast() + [
                    .init(.organizationalUnitName, "处"), .init(.commonName, "时间戳"),
                ])
        }
        try expect("subject-of-profile") { body in
            body.subject = DistinguishedName(body.subject.attributes.filter { $0.type != .organizationName })
        }
        let deltas = { (name: String) in
            CertificateExtension.freshestList("\(Bench.base)/crl/p256-entity-1/\(name).crl")
        }
        try expect("freshest-list") { remove(&$0, .freshestCRL) }
        try expect("freshest-list") { body in
            replace(&body, deltas("\(Shard.number(of: body.serialNumber, among: issuer.shards))"))
        }
        try expect("freshest-list") { body in
            let shard = (Shard.number(of: body.serialNumber, among: issuer.shards) + 1) % issuer.shards
            replace(&body, deltas("\(shard)-delta"))
        }
        try expect("freshest-list", in: responder, "ocsp-responder") { $0.extensions.append(deltas("1-delta")) }
        try expect("freshest-list-not-critical") { body in
            let value = try #require(body.extensions.first { $0.oid == .freshestCRL }).value
            replace(&body, .raw(.freshestCRL, critical: true, value: value))
        }
        try expect("plain-http-addresses") { replace(&$0, .freshestList("https://elsewhere.example/1-delta.crl")) }
        try expect("distribution-point-form") { body in
            replace(&body, .raw(.crlDistributionPoints, value: [0x30, 0x04, 0x30, 0x02, 0x81, 0x00]))
        }
        try expect("authority-key-identifier-form") { body in
            let value = DER.sequence([
                DER.implicit(0, constructed: false, content: issuer.certificate.keyIdentifier),
                DER.implicit(2, constructed: false, content: [1]),
            ])
            replace(&body, .raw(.authorityKeyIdentifier, value: value))
        }
        try expect("key-differs-from-issuers") { $0.publicKey = issuer.certificate.publicKey }
        try expect("key-differs-from-issuers") { $0.subject = issuer.certificate.subject }
        try expect("credit-code-alphabet") {
            replace(&$0, .text(.organizationCode, "9131000063129128OX", kind: .printable))
        }
        try expect("server-names", in: server, "tls-server") { remove(&$0, .subjectAlternativeName) }
        try expect("server-names") { $0.extensions.append(.subjectAlternativeName([.dns("tax.example")])) }
        try expect("server-names", in: server, "tls-server") {
            replace(&$0, .subjectAlternativeName([.uri("http://api.tax.example")]))
        }
        try expect("server-name-syntax", in: server, "tls-server") {
            replace(&$0, .subjectAlternativeName([.dns("*.tax.example")]))
        }
        try expect("server-name-in-common-name", in: server, "tls-server") {
            replace(&$0, .subjectAlternativeName([.dns("other.example")]))
        }
        var modulus = [UInt8](repeating: 0xC5, count: 256)
        try expect("rsa-numbers") { $0.publicKey = try PublicKey(rsaModulus: modulus, exponent: [3]) }
        try expect("curve-point") { body in
            let generator = Hex.decode(
                "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                    + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
            body.publicKey = try PublicKey(ecPoint: #require(generator), family: .p256)
        }
        modulus += [UInt8](repeating: 0xC5, count: 128)
        try expect("key-family") { $0.publicKey = try PublicKey(rsaModulus: modulus, exponent: [1, 0, 1]) }

        try expectWritten("serial-positive") { $0[1] = DER.integer([UInt8](repeating: 0x71, count: 21)) }
        let withNull = DER.sequence([OID.ecdsaWithSHA256.der, DER.null])
        try expectWritten("signature-algorithm-known", algorithm: withNull) { $0[2] = withNull }
        try expectWritten("validity-encoding") {
            $0[4] = DER.sequence([DER.generalizedTime(good.notBefore), DER.time(good.notAfter)])
        }
        try expectWritten("no-unique-identifiers") { $0.insert([0x81, 0x02, 0x00, 0x01], at: 7) }
        try expectWritten("well-formed") { $0.removeLast(2) }

        var altered = good.der
        altered[altered.count - 1] ^= 1
        #expect(
            Linter.findings(der: altered, in: try context("entity-authentication")).map(\.rule)
                == ["signature-verifies"])
        covered.insert("signature-verifies")
        let all = Set(Linter.rules.filter { $0.subject == .certificate }.map(\.id))
        #expect(all.subtracting(covered) == [], "rules without an example")
    }
}
