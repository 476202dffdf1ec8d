import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import OtherPrograms
import Revocation
import Testing
import TimeStamping

@testable import AuthorityFixtures

/// What other programs say about what we made. All of it is made on one bench and judged at the bench's time.
@Suite struct StrangersTests {
    private static let at = Bench.start.seconds + 60

    /// With every profile open: what is not issued yet has its form already, and third parties judge that too.
    private func bench(_ family: AlgorithmFamily) async throws -> Bench {
        var texts = try Bench.policyFiles().texts
        let path = "Policies/profiles/entity-encryption.yaml"
        texts[path] = texts[path]?.replacing("issuedBy: nobody", with: "issuedBy: plan")
        return try await Bench.create(family, policies: PolicyFiles(texts: texts))
    }

    /// Root, issuing authority and one certificate of each profile as `*.pem` and `*.der`.
    private func lay(_ bench: Bench, _ stranger: Stranger) async throws -> [String] {
        var all: [(String, Certificate)] = [
            ("root", try bench.root.certificate), ("issuing", try bench.issuing.certificate),
            ("authentication", try await bench.active().certificate()),
            ("signature", try await bench.active("entity-signature").certificate()),
        ]
        for role in ServiceRole.allCases { all.append((role.rawValue, try bench.authority.service(role).certificate)) }
        let desk = try await OfficersDesk.found(bench)
        for profile in ["department-server", "department-seal", "tls-server"] {
            let request = try Bench.serviceRequest(profile, bench.family)
            all.append((profile, try await desk.issue(request).certificate()))
        }
        all.append(("officer", try await desk.issueOfficer().certificate()))
        all.append(("encryption", try await bench.active("entity-encryption").certificate()))
        for (name, certificate) in all {
            try stranger.write(Array(certificate.pem.utf8), "\(name).pem")
            try stranger.write(certificate.der, "\(name).der")
        }
        return all.map(\.0)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `openssl verifies every path strictly`(_ family: AlgorithmFamily) async throws {
        let bench = try await bench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        let names = try await lay(bench, stranger)
        for name in names where name != "root" {
            if family == .sm2 {
                // openssl 3.0 sets the identifier on the leaf alone: so each link is judged by itself, its issuer
                // trusted without a path above it.
                try stranger.run(
                    """
                    openssl verify -x509_strict -partial_chain -attime \(Self.at) -vfyopt distid:1234567812345678 \
                    -trusted \(name == "issuing" ? "root" : "issuing").pem \(name).pem
                    """)
            } else {
                try stranger.run(
                    """
                    openssl verify -x509_strict -attime \(Self.at) -CAfile root.pem -untrusted issuing.pem \(name).pem
                    """)
            }
        }
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `gnutls accepts the chain`(_ family: AlgorithmFamily) async throws {
        let bench = try await bench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        for name in try await lay(bench, stranger) where name != "root" {
            let chain = try (name == "issuing" ? ["issuing"] : [name, "issuing"]).flatMap {
                try stranger.read("\($0).pem")
            }
            try stranger.write(chain, "chain.pem")
            let output = try stranger.run(
                "certtool --verify --load-ca-certificate root.pem --infile chain.pem")
            #expect(output.contains("Verified. The certificate is trusted"), "\(output)")
            try stranger.run("certtool -i --infile \(name).pem")
        }
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `pkilint finds nothing in certificates, lists and answers`(_ family: AlgorithmFamily) async throws {
        let bench = try await bench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        let certificates = try await lay(bench, stranger)
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, on: Bench.automatic)
        let list = try await bench.list(record)
        try stranger.write(Array(PEM.encode("X509 CRL", list.der).utf8), "list.pem")
        let answer = try await bench.ocsp(record.serialNumber, digest: .sha256)
        try stranger.write(answer.der, "answer.der")
        try stranger.write(Array(Self.pkilint.utf8), "judge.py")
        let files =
            certificates.map { "lint_pkix_cert:\($0).pem" } + ["lint_crl:list.pem", "lint_ocsp_response:answer.der"]
        let output = try stranger.run("python3 judge.py \(files.joined(separator: " "))")
        #expect(output.contains("judged \(files.count)"))
    }

    /// pkilint's own programs, one after another in one process, for starting takes longer than judging.
    private static let pkilint = """
        import importlib, sys
        findings = 0
        for word in sys.argv[1:]:
            program, file = word.split(":")
            options = ["-t", "CRL", "-p", "PKIX"] if program == "lint_crl" else []
            print(word)
            findings += importlib.import_module("pkilint.bin." + program).main(["lint", *options, "-s", "WARNING", file])
        print("judged", len(sys.argv) - 1)
        sys.exit(min(findings, 100))
        """

    @Test(arguments: AlgorithmFamily.allCases)
    func `openssl reads and verifies lists and answers`(_ family: AlgorithmFamily) async throws {
        let bench = try await bench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        _ = try await lay(bench, stranger)
        let good = try await bench.active()
        let record = try await bench.active()
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, on: Bench.automatic)

        try stranger.write(try await bench.list(record).der, "list.crl")
        let text = try stranger.run("openssl crl -inform DER -in list.crl -noout -text")
        #expect(text.contains("X509v3 Issuing Distribution Point: critical"))
        #expect(text.contains("\(Bench.base)/crl/\(record.issuer)/\(record.shard).crl"))
        #expect(text.contains(record.serialNumber.hex.uppercased()) && text.contains("Key Compromise"))
        // openssl 3.0 has no way to give a list's verification the SM2 identifier: our own check stands in there.
        if family == .sm2 {
            #expect(try await bench.list(record).isSigned(by: bench.issuing.certificate.publicKey))
        } else {
            let verdict = try stranger.run("openssl crl -inform DER -in list.crl -noout -CAfile issuing.pem")
            #expect(verdict.contains("verify OK"))
        }

        for (name, serial, word) in [
            ("good", good.serialNumber, "good"), ("revoked", record.serialNumber, "revoked"),
            ("unknown", SerialNumber.random(in: bench.surroundings), "unknown"),
        ] {
            try stranger.run(
                "openssl ocsp -sha256 -issuer issuing.pem -serial 0x\(serial.hex) -reqout \(name).req")
            let answer = await bench.authority.status.ocsp(try stranger.read("\(name).req"), issuer: record.issuer)
            try stranger.write(answer.der, "\(name).rsp")
            // The delegation is checked too, but for SM2, where openssl 3.0 cannot.
            let options = family == .sm2 ? "-noverify" : "-CAfile root.pem -verify_other issuing.pem -attime \(Self.at)"
            let output = try stranger.run(
                """
                openssl ocsp -no_nonce -reqin \(name).req -respin \(name).rsp \
                -validity_period 1000000000 \(options) -resp_text
                """)
            #expect(output.contains("Cert Status: \(word)"), "\(output)")
            if family != .sm2 { #expect(output.contains("Response verify OK"), "\(output)") }
        }
        if family == .sm2 {
            let response = try await bench.ocsp(record.serialNumber)
            #expect(
                response.basic?.isSigned(by: try bench.authority.service(.ocspResponder).certificate.publicKey) == true)
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `openssl asks for a time stamp and verifies it`(_ family: AlgorithmFamily) async throws {
        let bench = try await bench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        _ = try await lay(bench, stranger)
        try stranger.write(Array("what is stamped".utf8), "document")
        for digest in ["sha256", "sha384", "sm3"] {
            try stranger.run("openssl ts -query -data document -\(digest) -cert -out \(digest).tsq")
            try stranger.write(
                await bench.authority.timeStamps.respond(stranger.read("\(digest).tsq")), "\(digest).tsr")
            let text = try stranger.run("openssl ts -reply -in \(digest).tsr -text")
            #expect(text.contains("Status: Granted") && text.contains("1.3.6.1.4.1.32473.1156.2.1"), "\(text)")
            if family != .sm2 {
                try stranger.run(
                    """
                    openssl ts -verify -queryfile \(digest).tsq -in \(digest).tsr -CAfile root.pem -untrusted issuing.pem \
                    -attime \(Self.at)
                    """)
            }
            let request = try TimeStampRequest(der: stranger.read("\(digest).tsq"))
            guard case .granted(let token) = try TimeStampResponse(der: stranger.read("\(digest).tsr")) else {
                Issue.record("not granted")
                continue
            }
            #expect(try token.verify(answering: request) == bench.authority.service(.timeStamping).certificate)
        }
    }
}
