import Ceremony
import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Testing

@testable import AuthorityFixtures

/// What openssl and pkilint say about a ceremony's artefacts, and openssl about its transcript.
@Suite struct CeremonyStrangersTests {
    private static let at = Bench.start.seconds + 60

    private func lay(_ bench: CeremonyBench, _ stranger: Stranger) async throws {
        let stage = try await bench.issuingStage()
        let root = CeremonyFolder(path: bench.path).stages()[0]
        for (name, generation) in [("root", bench.rootGeneration), ("issuing", bench.generation)] {
            let certificate = try Certificate(der: stage.bytes("\(generation).cer"))
            try stranger.write(Array(certificate.pem.utf8), "\(name).pem")
        }
        let list = try stage.bytes("\(bench.rootGeneration).crl")
        try stranger.write(list, "list.crl")
        try stranger.write(Array(PEM.encode("X509 CRL", list).utf8), "list.pem")
        try stranger.write(try root.bytes("\(bench.rootGeneration).pub.pem"), "root.pub.pem")
        for (name, stage) in [("root", root), ("issuing", stage)] {
            try stranger.write(try stage.bytes("transcript.txt"), "\(name).txt")
            try stranger.write(try stage.bytes("transcript.sig"), "\(name).sig")
        }
        try stranger.write(try stage.bytes("\(bench.generation).p10"), "request.p10")
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func `openssl verifies chain, request and transcripts`(_ family: AlgorithmFamily) async throws {
        let bench = try CeremonyBench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try await lay(bench, stranger)
        let sm2 = family == .sm2
        let identifier = sm2 ? "-vfyopt distid:1234567812345678" : ""
        try stranger.run("openssl verify -x509_strict -attime \(Self.at) \(identifier) -CAfile root.pem issuing.pem")
        try stranger.run("openssl asn1parse -inform DER -in list.crl")
        try stranger.run("openssl asn1parse -in root.pem")
        try stranger.run("openssl req -inform DER -in request.p10 -noout -verify \(identifier)")
        let text = try stranger.run("openssl x509 -in issuing.pem -noout -text")
        #expect(text.contains("CA:TRUE, pathlen:0"))
        for stage in ["root", "issuing"] {
            let command =
                sm2
                ? "openssl pkeyutl -verify -rawin -digest sm3 -pkeyopt distid:1234567812345678 -pubin -inkey root.pub.pem -in \(stage).txt -sigfile \(stage).sig"
                : "openssl dgst -sha256 -verify root.pub.pem -signature \(stage).sig \(stage).txt"
            try stranger.run(command)
            try stranger.write(stranger.read("\(stage).txt") + [0x0A], "\(stage).txt")
            try stranger.run(command, expecting: 1)
        }
        if !sm2 {
            #expect(try stranger.run("openssl crl -in list.pem -noout -CAfile root.pem").contains("verify OK"))
        }
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `pkilint finds nothing in root, issuing certificate and list`(_ family: AlgorithmFamily) async throws {
        let bench = try CeremonyBench(family)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try await lay(bench, stranger)
        try stranger.run("lint_pkix_cert lint -s WARNING root.pem")
        try stranger.run("lint_pkix_cert lint -s WARNING issuing.pem")
        try stranger.run("lint_crl lint -t CRL -p PKIX -s WARNING list.pem")
    }
}
