import Cryptography
import Groundwork
import Officers
import OtherPrograms
import TestSupport
import Testing

@testable import ElectronicSeals

@Suite struct SealTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func aSealIsMadeFromTheRegistersName(family: AlgorithmFamily) async throws {
        let house = try await SealHouse(family)
        let seal = try await house.makeSeal()
        #expect(seal.name == SealHouse.name)
        #expect(seal.status == .active)
        #expect(seal.validUntil == house.signature.notAfter)
        #expect(seal.data.information.certificates.names(house.signature.der))
        #expect(!seal.data.information.certificates.names(house.authentication.der))
        #expect(seal.data.isSignedByItsMaker())
        // What is stored is read back the same.
        let (stored, usability) = try await house.desk.seal(seal.id)
        #expect(stored.data == seal.data)
        #expect(stored.drawing == seal.drawing)
        #expect(usability == .usable)
        // A stranger reads the structure and verifies the maker's signature.
        try house.scratch.write(seal.data.der, "seal.der")
        let parsed = try OtherProgram.run(
            ["openssl", "asn1parse", "-inform", "DER", "-in", "seal.der"], in: house.scratch.path)
        #expect(parsed.status == 0, "\(parsed.complaints)")
        let lines = parsed.text.split(separator: "\n")
        #expect(lines.contains { $0.contains("IA5STRING") && $0.hasSuffix(":ES") })
        #expect(lines.contains { $0.contains("IA5STRING") && $0.hasSuffix(":\(seal.esID)") })
        #expect(lines.filter { $0.contains("GENERALIZEDTIME") }.count == 3)
        try house.scratch.write(seal.data.signedBytes, "info.der")
        try house.scratch.write(seal.data.signature, "seal.sig")
        try house.scratch.write(Array(house.authority.service.key.publicKey.pem.utf8), "maker.pem")
        let verified =
            family == .sm2
            ? try OtherProgram.run(
                [
                    "openssl", "dgst", "-sm3", "-verify", "maker.pem", "-sigopt", "distid:1234567812345678",
                    "-signature",
                    "seal.sig", "info.der",
                ], in: house.scratch.path)
            : try OtherProgram.run(
                ["openssl", "dgst", "-sha256", "-verify", "maker.pem", "-signature", "seal.sig", "info.der"],
                in: house.scratch.path)
        #expect(verified.text.contains("Verified OK"), "\(verified.text) \(verified.complaints)")
    }

    @Test func theLifeOfASeal() async throws {
        let house = try await SealHouse(.p256)
        let seal = try await house.makeSeal()
        func change(_ transition: SealTransition, _ act: String) async throws -> SealStatus {
            try await house.desk.change(
                seal.id, by: transition,
                authorisedBy: house.order(.init(rawValue: act) ?? .makeSeal, seal.id.shown, seal.orderParameters)
            ).status
        }
        house.clock.advance(seconds: 10)
        #expect(try await change(.suspend, "suspendSeal") == .suspended)
        #expect(try await house.desk.seal(seal.id).usability == .not(.sealNotActive))
        #expect(
            await house.refusal { _ = try await house.stamp(house.stampOrder(seal)) }
                == "electronic-seals.seal-not-active")
        house.clock.advance(seconds: 10)
        #expect(try await change(.resume, "resumeSeal") == .active)
        house.clock.advance(seconds: 10)
        #expect(try await change(.close, "revokeSeal") == .closed)
        #expect(
            await house.refusal { _ = try await change(.resume, "resumeSeal") }
                == "electronic-seals.transition-not-allowed")
        #expect(try await house.desk.status(of: seal.id, at: seal.madeAt.adding(seconds: -1)) == nil)
        #expect(try await house.desk.status(of: seal.id, at: seal.madeAt.adding(seconds: 5)) == .active)
        #expect(try await house.desk.status(of: seal.id, at: seal.madeAt.adding(seconds: 15)) == .suspended)
        #expect(try await house.desk.status(of: seal.id, at: house.clock.now) == .closed)
    }

    @Test func everyStatusAndTransitionIsInTheTable() throws {
        for status in SealStatus.allCases {
            #expect(SealTransition.table[status] != nil)
            for transition in SealTransition.allCases where SealTransition.table[status]?[transition] == nil {
                #expect(throws: Refusal(ElectronicSealsRefusal.transitionNotAllowed)) {
                    _ = try status.after(transition)
                }
            }
        }
    }

    @Test func aNewSealClosesTheOneThatItReplaces() async throws {
        let house = try await SealHouse(.p256)
        let old = try await house.makeSeal()
        house.clock.advance(seconds: 1)
        let new = try await house.makeSeal(replaces: old.id)
        #expect(new.esID != old.esID)
        #expect(try await house.desk.seal(old.id).seal.status == .closed)
        #expect(try await house.desk.seals(of: SealHouse.uscc).map(\.usability) == [.not(.sealNotActive), .usable])
    }

    @Test func nobodyMakesASealWithoutItsOrder() async throws {
        let house = try await SealHouse(.p256)
        let order = SealOrder(
            uscc: SealHouse.uscc, kind: SealKindName("company"), certificate: house.signature.serialNumber)
        let wrong = [
            ("officers.wrong-subject", try await house.order(.makeSeal, "91310115MA1K4JWH4X", order.parameters)),
            ("officers.wrong-act", try await house.order(.activateApplication, SealHouse.uscc, ["entity": "x"])),
            (
                "officers.wrong-parameters",
                try await house.order(
                    .makeSeal, SealHouse.uscc, order.parameters.merging(["kind": "contract"]) { $1 })
            ),
        ]
        for (code, authorisation) in wrong {
            #expect(await house.refusal { _ = try await house.maker.make(order, authorisedBy: authorisation) } == code)
        }
        let good = try await house.order(.makeSeal, SealHouse.uscc, order.parameters)
        _ = try await house.maker.make(order, authorisedBy: good)
        #expect(
            await house.refusal { _ = try await house.maker.make(order, authorisedBy: good) }
                == "officers.already-used")
    }

    @Test func sealsAreMadeForFitCertificatesOnly() async throws {
        let house = try await SealHouse(.p256)
        #expect(
            await house.refusal { _ = try await house.makeSeal(certificate: house.authentication.serialNumber) }
                == "electronic-seals.wrong-purpose")
        #expect(
            await house.refusal { _ = try await house.makeSeal(certificate: .random(in: .real)) }
                == "electronic-seals.certificate-unknown")
        #expect(
            await house.refusal { _ = try await house.makeSeal(kind: "emblem") } == "electronic-seals.unknown-kind")
        let other = try await house.authority.certify(
            PrivateKey.generate(.p256).publicKey, .signature, uscc: "91310115MA1K4JWH4X", at: house.clock.now)
        house.add(house.standing(other, .signature, uscc: "91310115MA1K4JWH4X"))
        #expect(
            await house.refusal { _ = try await house.makeSeal(certificate: other.serialNumber) }
                == "electronic-seals.entity-mismatch")
        let states: [(SealCertificateStanding.State, String)] = [
            (.issued, "not-activated"), (.suspended(since: house.clock.now), "certificate-suspended"),
            (.revoked(replaced: false, since: house.clock.now), "certificate-revoked"),
            (.revoked(replaced: true, since: house.clock.now), "certificate-replaced"),
        ]
        for (state, code) in states {
            house.set(state)
            #expect(await house.refusal { _ = try await house.makeSeal() } == "electronic-seals.\(code)")
        }
        house.set(.active)
        house.rename(nil)
        #expect(await house.refusal { _ = try await house.makeSeal() } == "electronic-seals.entity-unknown")
    }

    @Test func sealDataIsReadStrictly() async throws {
        let house = try await SealHouse(.p256)
        let der = try await house.makeSeal().data.der
        #expect(try SealData(der: der).der == der)
        #expect(throws: Refusal(ElectronicSealsRefusal.malformedSeal)) { _ = try SealData(der: der + [0]) }
        #expect(throws: Refusal(ElectronicSealsRefusal.malformedSeal)) { _ = try SealData(der: []) }
        for place in stride(from: 0, to: der.count, by: 211) {
            var bent = der
            bent[place] ^= 0x04
            guard let read = try? SealData(der: bent) else { continue }
            let passes = read.isMadeUnder(anchors: [house.authority.root], intermediates: [house.authority.issuing])
            #expect(!passes, "byte \(place)")
        }
    }

    @Test func thePolicyFileIsChecked() throws {
        let text = try SealHouse.repositoryFile("Policies/seal-types.yaml")
        let policy = try SealPolicy(yaml: text)
        #expect(policy.kinds.count == 5)
        #expect(throws: Refusal(ElectronicSealsRefusal.malformedPolicy)) {
            _ = try SealPolicy(yaml: text.replacing("diameter-millimetres: 42", with: "diameter-millimetres: 46"))
        }
        #expect(throws: Refusal(GroundworkRefusal.unknownKey)) {
            _ = try SealPolicy(yaml: text + "\nemblem: true\n")
        }
    }
}
