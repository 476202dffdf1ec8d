import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Testing

@testable import PortableDocuments

/// Sealed with this project's own CMS and time stamp: PAdES B-T as third parties read it.
@Suite struct PAdESTests {
    struct Authority {
        var root: Certificate
        var signer: (key: PrivateKey, certificate: Certificate)
        var stamper: (key: PrivateKey, certificate: Certificate)

        init(_ family: AlgorithmFamily) async throws {
            let now = Surroundings.real.now()
            let rootKey = try PrivateKey.generate(family)
            let rootName = DistinguishedName([.init(.countryName, "CN"), .init(.commonName, "样本根")])
            func certificate(_ name: String, _ key: PrivateKey, _ extensions: [CertificateExtension]) async throws
                -> Certificate
            {
                try await CertificateBody(
                    serialNumber: .random(in: .real), signatureAlgorithm: family.signatureAlgorithm, issuer: rootName,
                    notBefore: now.adding(days: -1), notAfter: now.adding(days: 30),
                    subject: DistinguishedName([.init(.countryName, "CN"), .init(.commonName, name)]),
                    publicKey: key.publicKey,
                    extensions: [.subjectKeyIdentifier(key.publicKey.keyIdentifier)] + extensions
                ).signed(by: SoftwareSigner(rootKey))
            }
            root = try await certificate(
                "样本根", rootKey,
                [.basicConstraints(.certificateAuthority(maxPathLength: nil)), .keyUsage([.keyCertSign, .cRLSign])])
            let signerKey = try PrivateKey.generate(family)
            let above = CertificateExtension.authorityKeyIdentifier(rootKey.publicKey.keyIdentifier)
            signer = (
                signerKey,
                try await certificate(
                    "上海浦江纸业有限公司", signerKey,
                    [above, .basicConstraints(.endEntity), .keyUsage([.digitalSignature, .nonRepudiation])])
            )
            let stamperKey = try PrivateKey.generate(family)
            stamper = (
                stamperKey,
                try await certificate(
                    "样本时间戳服务", stamperKey,
                    [
                        above, .basicConstraints(.endEntity), .keyUsage([.digitalSignature]),
                        .extendedKeyUsage([.timeStamping], critical: true),
                    ])
            )
        }

        func sealed(_ draft: StampDraft, family: AlgorithmFamily, stamped: Bool) async throws -> [UInt8] {
            let data = try SignedDataDraft(
                detachedOver: draft.digest(using: family.digest), signer: signer.certificate)
            let signature = try await SoftwareSigner(signer.key).sign(data.bytesToSign)
            var token: [UInt8]?
            if stamped {
                let info = TimeStampInfo(
                    policy: "1.2.156.112570.1.2", imprint: MessageImprint(of: signature, digest: family.digest),
                    serialNumber: .random(in: .real), time: Surroundings.real.now())
                token = try await TimeStampToken.make(
                    info, signer: SoftwareSigner(stamper.key), certificate: stamper.certificate,
                    includingCertificates: true)
            }
            return try draft.filled(with: data.assembled(signature: signature, timeStampToken: token))
        }
    }

    private static let script = """
        import sys, logging
        logging.disable(logging.CRITICAL)
        from pyhanko.pdf_utils.reader import PdfFileReader
        from pyhanko.sign.validation import validate_pdf_signature
        from pyhanko_certvalidator import ValidationContext
        from pyhanko.keys import load_cert_from_pemder
        with open(sys.argv[1], 'rb') as f:
            signature = PdfFileReader(f).embedded_signatures[0]
            context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[2])], allow_fetching=False)
            status = validate_pdf_signature(signature, context)
            stamp = status.timestamp_validity
            attributes = {a['type'].native for a in signature.signer_info['signed_attrs']}
            print(status.bottom_line, status.coverage.name, stamp.valid and stamp.trusted if stamp else None,
                  'signing_time' in attributes, 'signing_certificate_v2' in attributes)
        """

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048], PDFSample.CrossReference.allCases)
    func strangersAcceptLevelsBAndT(family: AlgorithmFamily, kind: PDFSample.CrossReference) async throws {
        let authority = try await Authority(family)
        let root = try Strangers.write(Array(authority.root.pem.utf8), "root.pem")
        let draft = try StampDraftTests.draft(PDFSample(crossReference: kind).bytes)
        for stamped in [false, true] {
            let path = try Strangers.write(try await authority.sealed(draft, family: family, stamped: stamped))
            let answer = try OtherProgram.run(["python3", "-c", Self.script, path, root])
            let wanted = "True ENTIRE_FILE \(stamped ? "True" : "None") False True"
            #expect(answer.text.trimmingCharacters(in: .whitespacesAndNewlines) == wanted, "\(answer.complaints)")
            let pdfsig = try OtherProgram.run(["pdfsig", "-nocert", path])
            #expect(pdfsig.text.contains("Signature is Valid"), "\(pdfsig.text)")
            #expect(pdfsig.text.contains("Total document signed"), "\(pdfsig.text)")
        }
    }

    /// No stranger here reads SM2 in PDF, but openssl verifies the signature over what the file holds.
    @Test func opensslAcceptsTheSM2SignatureInTheFile() async throws {
        let authority = try await Authority(.sm2)
        let draft = try StampDraftTests.draft(PDFSample().bytes)
        let bytes = try await authority.sealed(draft, family: .sm2, stamped: true)
        let embedded = try EmbeddedSignature.all(in: bytes)[0]
        let attributes = try SignedDataDraft(
            detachedOver: DigestAlgorithm.sm3.hash(embedded.signedBytes(of: bytes)),
            signer: authority.signer.certificate
        ).bytesToSign
        let signed = try SignedData(der: embedded.contents)
        let key = PEM.encode("PUBLIC KEY", authority.signer.key.publicKey.spki)
        let answer = try OtherProgram.run([
            "openssl",
            "dgst", "-sm3", "-verify", try Strangers.write(Array(key.utf8), "key.pem"), "-sigopt",
            "distid:1234567812345678", "-signature", try Strangers.write(signed.signers[0].signature, "signature"),
            try Strangers.write(attributes, "attributes"),
        ])
        #expect(answer.text.contains("Verified OK"), "\(answer.complaints)")
    }
}
