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
        let house = try await SealHouse(family)
        let seal = try await house.makeSeal()
        let sealed = try await house.stamp(house.stampOrder(seal))
        let verdict = try #require(try await house.verification.verify(sealed.bytes).first)
        #expect(verdict.holds, "\(verdict.outcomes)")
        #expect(verdict.seal?.esID == seal.esID)
        #expect(verdict.stampedAt == house.clock.now.truncatedToSecond)
        // Its parts, for a program that knows nothing of PDF.
        let export = try SealExport(document: sealed.bytes, sealData: seal.data)
        #expect(export.signedAttributes == sealed.signedAttributes)
        for file in export.files { try house.scratch.write(file.bytes, file.name) }
        let checked = try OtherProgram.run(["sh", "-c", export.command], in: house.scratch.path)
        #expect(checked.text.contains("Verified OK"), "\(checked.text) \(checked.complaints)")
        let attributes = try OtherProgram.run(
            ["openssl", "asn1parse", "-inform", "DER", "-in", "signed-attributes.der"], in: house.scratch.path)
        #expect(attributes.text.contains(family == .sm2 ? ":1.2.156.10197.6.1.4.2.1" : ":pkcs7-data"))
        #expect(attributes.text.contains("id-smime-aa-signingCertificateV2"))
        #expect(!attributes.text.contains("signingTime"))
        let digest = try OtherProgram.run(
            ["openssl", "dgst", family == .sm2 ? "-sm3" : "-sha256", "-hex", "signed-bytes.bin"], in: house.scratch.path
        )
        #expect(digest.text.lowercased().contains(Hex.encode(export.documentDigest)))
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048], [false, true])
    func strangersAcceptIt(family: AlgorithmFamily, asStream: Bool) async throws {
        let house = try await SealHouse(family)
        var document = try house.document()
        if asStream {
            let source = try house.scratch.write(document, "source.pdf")
            let written = try OtherProgram.run([
                "qpdf", "--object-streams=generate", source, house.scratch.path + "/stream.pdf",
            ])
            #expect(written.status == 0, "\(written.complaints)")
            document = try house.scratch.read("stream.pdf")
        }
        let sealed = try await house.stamp(house.stampOrder(house.makeSeal(), document: document))
        let path = try house.scratch.write(sealed.bytes, "sealed.pdf")
        let root = try house.scratch.write(Array(house.authority.root.pem.utf8), "root.pem")
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
        let house = try await SealHouse(.p256)
        let company = try await house.makeSeal()
        let contract = try await house.makeSeal(kind: "contract")
        for seal in [company, contract] {
            let sealed = try await house.stamp(house.stampOrder(seal))
            #expect(try await house.verification.verify(sealed.bytes).first?.seal?.id == seal.id)
        }
    }

    @Test func aSealOfAnOldCertificateIsRefused() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        let sealed = try await house.stamp(house.stampOrder(seal))
        // Renewed: the key now has another certificate.
        let renewedKey = try PrivateKey.generate(.p256)
        let renewed = try await house.authority.certify(
            renewedKey.publicKey, .signature, uscc: SealHouse.uscc, at: house.clock.now)
        house.add(house.standing(renewed, .signature))
        house.clock.advance(seconds: 100)
        #expect(
            await house.refusal {
                _ = try await house.stamp(house.stampOrder(seal, certificate: renewed), key: renewedKey)
            } == "electronic-seals.certificate-replaced")
        let states: [(SealCertificateStanding.State, String)] = [
            (.revoked(replaced: true, since: house.clock.now), "certificate-replaced"),
            (.revoked(replaced: false, since: house.clock.now), "certificate-revoked"),
            (.suspended(since: house.clock.now), "certificate-suspended"), (.issued, "not-activated"),
        ]
        for (state, code) in states {
            house.set(state)
            #expect(
                await house.refusal { _ = try await house.stamp(house.stampOrder(seal)) } == "electronic-seals.\(code)")
        }
        // What was sealed while it was good stays good; what is stamped afterwards by other means does not.
        house.set(.revoked(replaced: false, since: house.clock.now))
        #expect(try await house.verification.verify(sealed.bytes).first?.holds == true)
        house.set(.revoked(replaced: false, since: sealed.stampedAt))
        let verdict = try #require(try await house.verification.verify(sealed.bytes).first)
        #expect(verdict.failures == [.certificateStatus])
        // A new seal for the new certificate works.
        let again = try await house.makeSeal(certificate: renewed.serialNumber, replaces: seal.id)
        let second = try await house.stamp(house.stampOrder(again, certificate: renewed), key: renewedKey)
        #expect(try await house.verification.verify(second.bytes).first?.holds == true)
    }

    @Test func theWrongKeyDoesNotStamp() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        #expect(
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal, certificate: house.authentication)) }
                == "electronic-seals.wrong-purpose")
        let stranger = try await house.authority.certify(
            PrivateKey.generate(.p256).publicKey, .signature, uscc: "91310115MA1K4JWH4X", at: house.clock.now)
        #expect(
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal, certificate: stranger)) }
                == "electronic-seals.entity-mismatch")
        #expect(
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal), key: PrivateKey.generate(.p256)) }
                == "electronic-seals.wrong-signature")
    }

    @Test func aRevocationBetweenSigningAndRecordingIsSeen() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        let pending = try await house.stamping.prepare(house.stampOrder(seal))
        let signature = try house.signatureKey.sign(pending.toBeSigned)
        house.set(.suspended(since: house.clock.now))
        let refused = await house.refusal { _ = try await house.stamping.complete(pending, signature: signature) }
        #expect(refused != nil)
        let stamps = try await house.database.read { try $0.query("SELECT stamp_id FROM stamp").count }
        #expect(stamps == 0)
    }

    @Test func withoutATimeStampNothingIsSealed() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        house.makeTimeFail()
        #expect(
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal)) }
                == "electronic-seals.time-stamp-failed")
    }

    @Test func documentsWithTrapsAreRefusedByTheirCode() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        let good = try house.document()
        func refusal(_ document: [UInt8]) async -> String? {
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal, document: document)) }
        }
        #expect(await refusal([]) == "portable-documents.not-pdf")
        #expect(await refusal(Array(good.dropLast(200))) == "portable-documents.truncated")
        let sealed = try await house.stamp(house.stampOrder(seal, document: good))
        #expect(await refusal(sealed.bytes) == "portable-documents.already-signed")
        var outside = try house.stampOrder(seal)
        outside.centreMillimetresFromLeft = 205
        #expect(await house.refusal { _ = try await house.stamp(outside) } == "portable-documents.outside-page")
        outside.page = 9
        #expect(await house.refusal { _ = try await house.stamp(outside) } == "portable-documents.no-such-page")
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func whatIsAlteredIsFound(family: AlgorithmFamily) async throws {
        let house = try await SealHouse(family)
        let sealed = try await house.stamp(house.stampOrder(house.makeSeal())).bytes
        var bent = sealed
        bent[200] ^= 0x01
        if let verdict = try? await house.verification.verify(bent).first {
            #expect(!verdict.holds)
            #expect(verdict.failures.contains(.integrity))
        }
        let longer = sealed + Array("\n% more\n".utf8)
        if let verdict = try? await house.verification.verify(longer).first {
            #expect(verdict.failures.contains(.wholeFile))
        }
        // Another authority's trust does not accept it.
        let stranger = try await SealHouse(family)
        let foreign = try #require(try await stranger.verification.verify(sealed).first)
        #expect(!foreign.holds)
        #expect(foreign.failures.contains(.timeStamp))
    }
}
