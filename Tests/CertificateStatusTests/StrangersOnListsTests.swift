import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import OtherPrograms
import Revocation
import Testing

@testable import AuthorityFixtures

/// What other programs make of full lists, deltas, and answers about the past.
@Suite struct StrangersOnListsTests {
    private static let at = Bench.start.seconds + 7300

    private func lay(_ bench: Bench, _ stranger: Stranger) throws {
        try stranger.write(Array(try bench.root.certificate.pem.utf8), "root.pem")
        try stranger.write(Array(try bench.issuing.certificate.pem.utf8), "issuing.pem")
    }

    private func write(_ list: CertificateList, _ name: String, _ stranger: Stranger) throws {
        try stranger.write(Array(PEM.encode("X509 CRL", list.der).utf8), name)
    }

    /// One certificate that was held and let go, one that was revoked later, one that is good: all in one shard, and
    /// the list that knew only the hold.
    private struct Scene {
        let held: CertificateRecord
        let later: CertificateRecord
        let good: CertificateRecord
        var all: [(String, CertificateRecord)] { [("held", held), ("later", later), ("good", good)] }
    }

    private func scene(_ bench: Bench, _ scope: (CertificateRecord) -> CRLScope, _ stranger: Stranger) async throws
        -> Scene
    {
        let desk = bench.authority.revocation
        func inShardZero() async throws -> CertificateRecord {
            while true {
                let record = try await bench.active()
                if record.shard == 0 { return record }
            }
        }
        let scene = Scene(
            held: try await inShardZero(), later: try await inShardZero(), good: try await inShardZero())
        for (name, record) in scene.all {
            try stranger.write(Array(try record.certificate().pem.utf8), "\(name).pem")
        }
        try await desk.suspend(scene.held.serialNumber, on: Bench.automatic)
        try write(try await bench.list(scope(scene.held)), "base.pem", stranger)
        bench.clock.turn(seconds: 7200)
        try await desk.resume(scene.held.serialNumber, on: Bench.automatic)
        try await desk.revoke(
            scene.later.serialNumber, reason: .keyCompromise, invalidSince: Bench.start.adding(seconds: 60),
            on: Bench.automatic)
        try write(try await bench.list(scope(scene.held), .delta), "delta.pem", stranger)
        return scene
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048], [CRLScope.full, .shard(0)])
    func `openssl applies a delta to the list before it`(_ family: AlgorithmFamily, _ scope: CRLScope) async throws {
        let bench = try await Bench.create(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try lay(bench, stranger)
        let scene = try await scene(bench, { _ in scope }, stranger)
        let line =
            "openssl verify -x509_strict -attime \(Self.at) -crl_check -extended_crl -CAfile root.pem "
            + "-untrusted issuing.pem -CRLfile base.pem"
        let delta = "\(line) -use_deltas -CRLfile delta.pem"
        // The list alone is two hours old; with the delta it is not.
        for (name, alone, together) in [("held", false, true), ("later", true, false), ("good", true, true)] {
            let before = try stranger.run("\(line) \(name).pem", expecting: alone ? 0 : 2)
            #expect(before.contains("certificate revoked") != alone, "\(before)")
            let after = try stranger.run("\(delta) \(name).pem", expecting: together ? 0 : 2)
            #expect(after.contains("certificate revoked") != together, "\(after)")
        }
        let text = try stranger.run("openssl crl -in delta.pem -noout -text -CAfile issuing.pem")
        #expect(text.contains("verify OK") && text.contains("X509v3 Delta CRL Indicator: critical"), "\(text)")
        #expect(text.contains("Remove From CRL") && text.contains("Invalidity Date"), "\(text)")
        #expect(text.contains("Issuing Distribution Point: critical") == (scope != .full), "\(text)")
        let base = try stranger.run("openssl crl -in base.pem -noout -text")
        #expect(base.contains("X509v3 Freshest CRL") && base.contains("delta.crl"), "\(base)")
        _ = scene
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `openssl ca says the same of the same revocations`(_ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        var index = ""
        for (reason, word) in [
            (RevocationReason.superseded, "superseded"), (.cessationOfOperation, "cessationOfOperation"),
            (.affiliationChanged, "affiliationChanged"), (.keyCompromise, "keyTime"),
        ] {
            let record = try await bench.active()
            let since = reason == .keyCompromise ? record.notBefore.adding(seconds: 60) : nil
            bench.clock.turn(seconds: 600)
            try await bench.authority.revocation.revoke(
                record.serialNumber, reason: reason, invalidSince: since, on: Bench.automatic)
            let detail = since.map { ",\(Self.digits($0))Z" } ?? ""
            index +=
                [
                    "R", "\(Self.digits(record.notAfter).dropFirst(2))Z",
                    "\(Self.digits(bench.surroundings.now()).dropFirst(2))Z,\(word)\(detail)",
                    record.serialNumber.hex.uppercased(), "unknown", "/CN=x",
                ].joined(separator: "\t") + "\n"
        }
        try stranger.write(Array(index.utf8), "index.txt")
        try stranger.write(Array("1000\n".utf8), "number")
        try stranger.write(
            Array(
                "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ncrlnumber=number\n\ncrl_extensions=e\n[e]\n"
                    .utf8), "ca.cnf")
        try stranger.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 3 -subj /CN=stranger")
        try stranger.run(
            "openssl ca -config ca.cnf -cert ca.pem -keyfile key.pem -gencrl -crldays 1 -out theirs.pem")
        try stranger.run("openssl crl -in theirs.pem -outform DER -out theirs.der")
        let theirs = try CertificateList(der: stranger.read("theirs.der"))
        let ours = try await bench.list(.full)
        func sorted(_ list: CertificateList) -> [RevokedEntry] {
            list.entries.sorted { $0.serialNumber < $1.serialNumber }
        }
        #expect(sorted(ours) == sorted(theirs) && ours.entries.count == 4)
        #expect(theirs.number == 0x1000)
        #expect(try !theirs.isSigned(by: bench.issuing.certificate.publicKey))
    }

    /// YYYYMMDDHHMMSS.
    private static func digits(_ instant: Instant) -> String { String(instant.rfc3339.filter(\.isNumber).prefix(14)) }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `gnutls and pkilint read every kind of list`(_ family: AlgorithmFamily) async throws {
        let bench = try await Bench.create(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try lay(bench, stranger)
        let signature = try await bench.active("entity-signature")
        try await bench.authority.revocation.revoke(
            signature.serialNumber, reason: .cessationOfOperation, on: Bench.automatic)
        try write(try await bench.list(.full), "full.pem", stranger)
        let kept = try await bench.list(signature)
        #expect(kept.expiredSince != nil)
        try write(kept, "kept.pem", stranger)
        // gnutls knows the machine's time alone: these two are made before the clock is turned.
        _ = try await scene(bench, { _ in .full }, stranger)
        for name in ["full", "kept", "delta"] {
            let info = try stranger.run("certtool --crl-info --infile \(name).pem")
            #expect(info.contains("CRL Number"), "\(info)")
        }
        for name in ["full", "kept"] {
            let verdict = try stranger.run(
                "certtool --verify-crl --load-ca-certificate issuing.pem --infile \(name).pem")
            #expect(verdict.contains("Verified"), "\(verdict)")
        }
        try stranger.write(Array(Self.pkilint.utf8), "judge.py")
        let files = ["full", "kept", "delta"].map { "lint_crl:\($0).pem" }
        #expect(try stranger.run("python3 judge.py \(files.joined(separator: " "))").contains("judged 3"))
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `gnutls, openssl and pkilint read answers with a cutoff and an invalidity date`(_ family: AlgorithmFamily)
        async throws
    {
        let bench = try await Bench.create(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try lay(bench, stranger)
        let record = try await bench.active("entity-signature")
        bench.clock.turn(seconds: 60)
        try await bench.authority.revocation.revoke(
            record.serialNumber, reason: .keyCompromise, invalidSince: Bench.start, on: Bench.automatic)
        bench.clock.turn(seconds: 366 * 86_400)
        _ = try await bench.authority.renewResponders()
        for digest in [DigestAlgorithm.sha1, .sha256] {
            let answer = try await bench.ocsp(record.serialNumber, digest: digest)
            try stranger.write(answer.der, "\(digest).der")
            let text = try stranger.run("openssl ocsp -noverify -respin \(digest).der -resp_text")
            #expect(text.contains("Cert Status: revoked") && text.contains("keyCompromise"), "\(text)")
            #expect(text.contains("Archive Cutoff") && text.contains("Invalidity Date"), "\(text)")
            let info = try stranger.run("ocsptool --response-info --infile \(digest).der")
            #expect(info.contains("Certificate Status: revoked"), "\(info)")
        }
        try stranger.write(Array(Self.pkilint.utf8), "judge.py")
        #expect(
            try stranger.run("python3 judge.py lint_ocsp_response:sha1.der lint_ocsp_response:sha256.der")
                .contains("judged 2"))
    }

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
}
