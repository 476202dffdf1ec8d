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
        let dependencies = try await SealHouse(family)
        let seal = try await dependencies.makeSeal()
        #expect(seal.name == SealHouse.name)
        #expect(seal.status == .active)
        #expect(seal.validUntil == dependencies.signature.notAfter)
        #expect(seal.data.information.certificates.names(dependencies.signature.der))
        #expect(!seal.data.information.certificates.names(dependencies.authentication.der))
        #expect(seal.data.isSignedByItsMaker())
        // What is stored is read back the same.
        let (stored, usability) = try await dependencies.service.seal(seal.id)
        #expect(stored.data == seal.data)
        #expect(stored.drawing == seal.drawing)
        #expect(usability == .usable)
        // A third party reads the structure and verifies the maker's signature.
        try dependencies.scratch.write(seal.data.der, "seal.der")
        let parsed = try OtherProgram.run(
            ["openssl", "asn1parse", "-inform", "DER", "-in", "seal.der"], in: dependencies.scratch.path)
        #expect(parsed.status == 0, "\(parsed.complaints)")
        let lines = parsed.text.split(separator: "\n")
        #expect(lines.contains { $0.contains("IA5STRING") && $0.hasSuffix(":ES") })
        #expect(lines.contains { $0.contains("IA5STRING") && $0.hasSuffix(":\(seal.esID)") })
        #expect(lines.filter { $0.contains("GENERALIZEDTIME") }.count == 3)
        try dependencies.scratch.write(seal.data.signedBytes, "info.der")
        try dependencies.scratch.write(seal.data.signature, "seal.sig")
        try dependencies.scratch.write(Array(dependencies.authority.service.key.publicKey.pem.utf8), "maker.pem")
        let verified =
            family == .sm2
            ? try OtherProgram.run(
                [
                    "openssl", "dgst", "-sm3", "-verify", "maker.pem", "-sigopt", "distid:1234567812345678",
                    "-signature",
                    "seal.sig", "info.der",
                ], in: dependencies.scratch.path)
            : try OtherProgram.run(
                ["openssl", "dgst", "-sha256", "-verify", "maker.pem", "-signature", "seal.sig", "info.der"],
                in: dependencies.scratch.path)
        #expect(verified.text.contains("Verified OK"), "\(verified.text) \(verified.complaints)")
    }

    @Test func theLifeOfASeal() async throws {
        let dependencies = try await SealHouse(.p256)
        let seal = try await dependencies.makeSeal()
        func change(_ transition: SealTransition, _ act: String) async throws -> SealStatus {
            try await dependencies.service.change(
                seal.id, by: transition,
                authorisedBy: dependencies.order(.init(rawValue: act) ?? .makeSeal, seal.id.shown, seal.orderParameters)
            ).status
        }
        dependencies.clock.advance(seconds: 10)
        #expect(try await change(.suspend, "suspendSeal") == .suspended)
        #expect(try await dependencies.service.seal(seal.id).usability == .not(.sealNotActive))
        #expect(
            await dependencies.refusal { _ = try await dependencies.stamp(dependencies.stampOrder(seal)) }
                == "electronic-seals.seal-not-active")
        dependencies.clock.advance(seconds: 10)
        #expect(try await change(.resume, "resumeSeal") == .active)
        dependencies.clock.advance(seconds: 10)
        #expect(try await change(.close, "revokeSeal") == .closed)
        #expect(
            await dependencies.refusal { _ = try await change(.resume, "resumeSeal") }
                == "electronic-seals.transition-not-allowed")
        #expect(try await dependencies.service.status(of: seal.id, at: seal.madeAt.adding(seconds: -1)) == nil)
        #expect(try await dependencies.service.status(of: seal.id, at: seal.madeAt.adding(seconds: 5)) == .active)
        #expect(try await dependencies.service.status(of: seal.id, at: seal.madeAt.adding(seconds: 15)) == .suspended)
        #expect(try await dependencies.service.status(of: seal.id, at: dependencies.clock.now) == .closed)
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
        let dependencies = try await SealHouse(.p256)
        let old = try await dependencies.makeSeal()
        dependencies.clock.advance(seconds: 1)
        let new = try await dependencies.makeSeal(replaces: old.id)
        #expect(new.esID != old.esID)
        #expect(try await dependencies.service.seal(old.id).seal.status == .closed)
        #expect(
            try await dependencies.service.seals(of: SealHouse.uscc).map(\.usability) == [
                .not(.sealNotActive), .usable,
            ])
    }

    @Test func nobodyMakesASealWithoutItsOrder() async throws {
        let dependencies = try await SealHouse(.p256)
        let order = SealOrder(
            uscc: SealHouse.uscc, name: SealHouse.name, kind: SealKindName("company"),
            certificate: dependencies.signature.serialNumber)
        let wrong = [
            ("officers.wrong-subject", try await dependencies.order(.makeSeal, "91310115MA1K4JWH4X", order.parameters)),
            ("officers.wrong-act", try await dependencies.order(.activateApplication, SealHouse.uscc, ["entity": "x"])),
            (
                "officers.wrong-parameters",
                try await dependencies.order(
                    .makeSeal, SealHouse.uscc, order.parameters.merging(["kind": "contract"]) { $1 })
            ),
        ]
        for (code, authorisation) in wrong {
            #expect(
                await dependencies.refusal { _ = try await dependencies.maker.make(order, authorisedBy: authorisation) }
                    == code)
        }
        let good = try await dependencies.order(.makeSeal, SealHouse.uscc, order.parameters)
        _ = try await dependencies.maker.make(order, authorisedBy: good)
        #expect(
            await dependencies.refusal { _ = try await dependencies.maker.make(order, authorisedBy: good) }
                == "officers.already-used")
    }

    @Test func sealsAreMadeForFitCertificatesOnly() async throws {
        let dependencies = try await SealHouse(.p256)
        #expect(
            await dependencies.refusal {
                _ = try await dependencies.makeSeal(certificate: dependencies.authentication.serialNumber)
            }
                == "electronic-seals.wrong-purpose")
        #expect(
            await dependencies.refusal { _ = try await dependencies.makeSeal(certificate: .random(in: .real)) }
                == "electronic-seals.certificate-unknown")
        #expect(
            await dependencies.refusal { _ = try await dependencies.makeSeal(kind: "emblem") }
                == "electronic-seals.unknown-kind")
        let other = try await dependencies.authority.certify(
            PrivateKey.generate(.p256).publicKey, .signature, uscc: "91310115MA1K4JWH4X", at: dependencies.clock.now)
        dependencies.add(dependencies.certificateStatus(other, .signature, uscc: "91310115MA1K4JWH4X"))
        #expect(
            await dependencies.refusal { _ = try await dependencies.makeSeal(certificate: other.serialNumber) }
                == "electronic-seals.entity-mismatch")
        let states: [(SealCertificateStatus.State, String)] = [
            (.issued, "not-activated"), (.suspended(since: dependencies.clock.now), "certificate-suspended"),
            (.revoked(replaced: false, since: dependencies.clock.now), "certificate-revoked"),
            (.revoked(replaced: true, since: dependencies.clock.now), "certificate-replaced"),
        ]
        for (state, code) in states {
            dependencies.set(state)
            #expect(await dependencies.refusal { _ = try await dependencies.makeSeal() } == "electronic-seals.\(code)")
        }
        dependencies.set(.active)
        dependencies.rename(nil)
        #expect(
            await dependencies.refusal { _ = try await dependencies.makeSeal() } == "electronic-seals.entity-unknown")
    }

    @Test func sealDataIsReadStrictly() async throws {
        let dependencies = try await SealHouse(.p256)
        let der = try await dependencies.makeSeal().data.der
        #expect(try SealData(der: der).der == der)
        #expect(throws: Refusal(ElectronicSealsRefusal.malformedSeal)) { _ = try SealData(der: der + [0]) }
        #expect(throws: Refusal(ElectronicSealsRefusal.malformedSeal)) { _ = try SealData(der: []) }
        for place in stride(from: 0, to: der.count, by: 211) {
            var bent = der
            bent[place] ^= 0x04
            guard let read = try? SealData(der: bent) else { continue }
            let passes = read.isMadeUnder(
                anchors: [dependencies.authority.root], intermediates: [dependencies.authority.issuing])
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
