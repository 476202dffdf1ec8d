import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import PortableDocuments
import Storage
import TestSupport
import Testing

@testable import ElectronicSeals

@Suite struct StampTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func aSealedDocumentVerifies(family: AlgorithmFamily) async throws {
        let dependencies = try await SealHouse(family)
        let seal = try await dependencies.makeSeal()
        let sealed = try await dependencies.stamp(dependencies.stampOrder(seal))
        let verdict = try #require(try await dependencies.verification.verify(sealed.bytes).first)
        #expect(verdict.holds, "\(verdict.outcomes)")
        #expect(verdict.seal?.esID == seal.esID)
        #expect(verdict.stampedAt == dependencies.clock.now.truncatedToSecond)
        // Its parts, for a program that knows nothing of PDF.
        let export = try SealExport(document: sealed.bytes, sealData: seal.data)
        #expect(export.signedAttributes == sealed.signedAttributes)
        for file in export.files { try dependencies.scratch.write(file.bytes, file.name) }
        let checked = try OtherProgram.run(["sh", "-c", export.command], in: dependencies.scratch.path)
        #expect(checked.text.contains("Verified OK"), "\(checked.text) \(checked.complaints)")
        let attributes = try OtherProgram.run(
            ["openssl", "asn1parse", "-inform", "DER", "-in", "signed-attributes.der"], in: dependencies.scratch.path)
        #expect(attributes.text.contains(family == .sm2 ? ":1.2.156.10197.6.1.4.2.1" : ":pkcs7-data"))
        #expect(attributes.text.contains("id-smime-aa-signingCertificateV2"))
        #expect(!attributes.text.contains("signingTime"))
        let digest = try OtherProgram.run(
            ["openssl", "dgst", family == .sm2 ? "-sm3" : "-sha256", "-hex", "signed-bytes.bin"],
            in: dependencies.scratch.path
        )
        #expect(digest.text.lowercased().contains(Hex.encode(export.documentDigest)))
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048], [false, true])
    func strangersAcceptIt(family: AlgorithmFamily, asStream: Bool) async throws {
        let dependencies = try await SealHouse(family)
        var document = try dependencies.document()
        if asStream {
            let source = try dependencies.scratch.write(document, "source.pdf")
            let written = try OtherProgram.run([
                "qpdf", "--object-streams=generate", source, dependencies.scratch.path + "/stream.pdf",
            ])
            #expect(written.status == 0, "\(written.complaints)")
            document = try dependencies.scratch.read("stream.pdf")
        }
        let sealed = try await dependencies.stamp(dependencies.stampOrder(dependencies.makeSeal(), document: document))
        let path = try dependencies.scratch.write(sealed.bytes, "sealed.pdf")
        let root = try dependencies.scratch.write(Array(dependencies.authority.root.pem.utf8), "root.pem")
        #expect(
            try Judgement.pyHanko(path, root: root)
                == "True True True ENTIRE_FILE True True True /ETSI.CAdES.detached")
        let poppler = try OtherProgram.run(["pdfsig", "-nocert", path])
        #expect(poppler.text.contains("Signature is Valid"), "\(poppler.text)")
        #expect(poppler.text.contains("Total document signed"), "\(poppler.text)")
        let qpdf = try OtherProgram.run(["qpdf", "--check", path])
        #expect(qpdf.status == 0, "\(qpdf.text) \(qpdf.complaints)")
    }

    @Test func twoSealsOfOneCertificateAreToldApart() async throws {
        let dependencies = try await SealHouse(.p256)
        let company = try await dependencies.makeSeal()
        let contract = try await dependencies.makeSeal(kind: "contract")
        for seal in [company, contract] {
            let sealed = try await dependencies.stamp(dependencies.stampOrder(seal))
            #expect(try await dependencies.verification.verify(sealed.bytes).first?.seal?.id == seal.id)
        }
    }

    @Test func aSealOfAnOldCertificateIsRefused() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        let sealed = try await dependencies.stamp(dependencies.stampOrder(seal))
        // Renewed: the key now has another certificate.
        let renewedKey = try PrivateKey.generate(.p256)
        let renewed = try await dependencies.authority.certify(
            renewedKey.publicKey, .signature, uscc: SealHouse.uscc, at: dependencies.clock.now)
        dependencies.add(dependencies.certificateStatus(renewed, .signature))
        dependencies.clock.advance(seconds: 100)
        #expect(
            await dependencies.refusal {
                _ = try await dependencies.stamp(dependencies.stampOrder(seal, certificate: renewed), key: renewedKey)
            } == "electronic-seals.certificate-replaced")
        let states: [(SealCertificateStatus.State, String)] = [
            (.revoked(replaced: true, since: dependencies.clock.now), "certificate-replaced"),
            (.revoked(replaced: false, since: dependencies.clock.now), "certificate-revoked"),
            (.suspended(since: dependencies.clock.now), "certificate-suspended"), (.issued, "not-activated"),
        ]
        for (state, code) in states {
            dependencies.set(state)
            #expect(
                await dependencies.refusal { _ = try await dependencies.stamp(dependencies.stampOrder(seal)) }
                    == "electronic-seals.\(code)")
        }
        // What was sealed while it was good stays good; what is stamped afterwards by other means does not.
        dependencies.set(.revoked(replaced: false, since: dependencies.clock.now))
        #expect(try await dependencies.verification.verify(sealed.bytes).first?.holds == true)
        dependencies.set(.revoked(replaced: false, since: sealed.stampedAt))
        let verdict = try #require(try await dependencies.verification.verify(sealed.bytes).first)
        #expect(verdict.failures == [.certificateStatus])
        // A new seal for the new certificate works.
        let again = try await dependencies.makeSeal(certificate: renewed.serialNumber, replaces: seal.id)
        let second = try await dependencies.stamp(dependencies.stampOrder(again, certificate: renewed), key: renewedKey)
        #expect(try await dependencies.verification.verify(second.bytes).first?.holds == true)
    }

    @Test func theWrongKeyDoesNotStamp() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        #expect(
            await dependencies.refusal {
                _ = try await dependencies.stamp(
                    dependencies.stampOrder(seal, certificate: dependencies.authentication))
            }
                == "electronic-seals.wrong-purpose")
        let stranger = try await dependencies.authority.certify(
            PrivateKey.generate(.p256).publicKey, .signature, uscc: "91310115MA1K4JWH4X", at: dependencies.clock.now)
        #expect(
            await dependencies.refusal {
                _ = try await dependencies.stamp(dependencies.stampOrder(seal, certificate: stranger))
            }
                == "electronic-seals.entity-mismatch")
        #expect(
            await dependencies.refusal {
                _ = try await dependencies.stamp(dependencies.stampOrder(seal), key: PrivateKey.generate(.p256))
            }
                == "electronic-seals.wrong-signature")
    }

    @Test func aRevocationBetweenSigningAndRecordingIsSeen() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        let pending = try await dependencies.stamping.prepare(dependencies.stampOrder(seal))
        let signature = try dependencies.signatureKey.sign(pending.toBeSigned)
        dependencies.set(.suspended(since: dependencies.clock.now))
        let refused = await dependencies.refusal {
            _ = try await dependencies.stamping.complete(pending, signature: signature)
        }
        #expect(refused != nil)
        let stamps = try await dependencies.database.read { try $0.query("SELECT stamp_id FROM stamp").count }
        #expect(stamps == 0)
    }

    @Test func withoutATimeStampNothingIsSealed() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        dependencies.makeTimeFail()
        #expect(
            await dependencies.refusal { _ = try await dependencies.stamp(dependencies.stampOrder(seal)) }
                == "electronic-seals.time-stamp-failed")
    }

    @Test func documentsWithTrapsAreRefusedByTheirCode() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        let good = try dependencies.document()
        func refusal(_ document: [UInt8]) async -> String? {
            await dependencies.refusal {
                _ = try await dependencies.stamp(dependencies.stampOrder(seal, document: document))
            }
        }
        #expect(await refusal([]) == "portable-documents.not-pdf")
        #expect(await refusal(Array(good.dropLast(200))) == "portable-documents.truncated")
        let sealed = try await dependencies.stamp(dependencies.stampOrder(seal, document: good))
        #expect(await refusal(sealed.bytes) == "portable-documents.already-signed")
        var outside = try dependencies.stampOrder(seal)
        outside.centreMillimetresFromLeft = 205
        #expect(
            await dependencies.refusal { _ = try await dependencies.stamp(outside) }
                == "portable-documents.outside-page")
        outside.page = 9
        #expect(
            await dependencies.refusal { _ = try await dependencies.stamp(outside) }
                == "portable-documents.no-such-page")
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func whatIsAlteredIsFound(family: AlgorithmFamily) async throws {
        let dependencies = try await SealHouse(family)
        let sealed = try await dependencies.stamp(dependencies.stampOrder(dependencies.makeSeal())).bytes
        var bent = sealed
        bent[200] ^= 0x01
        if let verdict = try? await dependencies.verification.verify(bent).first {
            #expect(!verdict.holds)
            #expect(verdict.failures.contains(.integrity))
        }
        let longer = sealed + Array("\n% more\n".utf8)
        if let verdict = try? await dependencies.verification.verify(longer).first {
            #expect(verdict.failures.contains(.wholeFile))
        }
        // Another authority's trust does not accept it.
        let stranger = try await SealHouse(family)
        let foreign = try #require(try await stranger.verification.verify(sealed).first)
        #expect(!foreign.holds)
        #expect(foreign.failures.contains(.timeStamp))
    }
}
