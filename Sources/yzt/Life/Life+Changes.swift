import AgentProtocol
import Authentication
import CertificateProfiles
import CertificateRecords
import CreditCodes
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import LegalEntities
import Officers
import Personalisation
import Registration
internal import Revocation
import SecurityKeys

/// Renewal, change, suspension, loss, revocation: after each, status and login show the effect.
extension Life {
    /// Staged on the first key; in place on the second, whose card has no spare places.
    func renew() async throws -> String {
        let open = try authority
        let old = try await active(.authentication, on: cast.first)
        let plan = try await open.keys.renew(open.registry.code(cast.code), at: terminal(.holder), by: officerKeys)
        try expect(plan.kind == .renewStaged, "a staged renewal")
        try await expectReplaced(old)
        let sealRefusal = try await expectOldSealRefusedAndMakeNewOne()

        guard let second = cast.second else { return "" }
        _ = try await open.keys.enrol(
            open.registry.code(cast.code), family: options.family, at: terminal(.other), by: officerKeys)
        let oldInPlace = try await active(.authentication, on: second)
        let inPlace = try await open.keys.renew(open.registry.code(cast.code), at: terminal(.other), by: officerKeys)
        try expect(inPlace.kind == .renewInPlace, "a renewal in place")
        try await expectStatus(of: try await recorded(oldInPlace), .revoked)
        _ = try await logIn(at: .other)
        return "staged, and in place on a plain card; the old seal: \(sealRefusal)"
    }

    private func recorded(_ record: CertificateRecord) async throws -> CertificateRecord {
        try await authority.authority.certificates.certificate(record.serialNumber) ?? record
    }

    private func expectReplaced(_ old: CertificateRecord) async throws {
        try await expectStatus(of: try await recorded(old), .revoked)
        let new = try await active(.authentication, on: cast.first)
        try expect(new.serialNumber != old.serialNumber, "another certificate")
        try await expectStatus(of: new, .good)
        _ = try await logIn(at: .holder)
    }

    /// The registry brings another name; the certificates and the seal follow.
    func change() async throws -> String {
        let open = try authority
        let before = try await open.registry.holder(open.registry.code(cast.code)).name
        let subjectBefore = try await logIn(at: .holder).sub
        let file = options.state + "/registry-renamed.csv"
        let process = Foundation.Process()
        process.executableURL = URL(filePath: options.generator)
        process.arguments = ["--rows", "500", "--seed", "20261121", "--rename", "500", "--out", file]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        _ = try await open.registryOrders.importRegistry(file, reason: "changes of name", by: officerKeys)
        let after = try await open.registry.holder(open.registry.code(cast.code)).name
        try expect(before != after, "another name in the registry")
        let old = try await active(.signature, on: cast.first)
        let plan = try await open.keys.renew(
            open.registry.code(cast.code), at: terminal(.holder), because: .change, by: officerKeys)
        try expect(plan.outcome == .finished, "a finished plan")
        let new = try await active(.signature, on: cast.first).certificate()
        try expect(
            "\(new.subject)".contains(after) || new.subject.commonName == after, "the new name in the certificate")
        try await expectStatus(of: try await recorded(old), .revoked)
        let login = try await logIn(at: .holder)
        try expect(login.sub == subjectBefore, "the same subject after the change of name")
        try expect(login.name == after, "the new name at login")
        _ = try await expectOldSealRefusedAndMakeNewOne()
        try await stampContract(named: "contract-after-change")
        return "\(before) → \(after); sub unchanged"
    }

    func suspend() async throws -> String {
        let open = try authority
        for purpose in [CertificatePurpose.authentication, .signature] {
            let record = try await active(purpose, on: cast.first)
            try await open.certificateOrders.suspend(
                record.serialNumber, justification: "the holder asked", by: officerKeys)
        }
        for record in try await newest(2) { try await expectStatus(of: record, .held) }
        let login = try await refusedLogin(at: .holder)
        let seal = try await refusal { _ = try await stampContract(named: "refused") }
        return "login: \(login); seal: \(seal)"
    }

    func resume() async throws -> String {
        let open = try authority
        for record in try await newest(2) {
            try await open.certificateOrders.resume(
                record.serialNumber, justification: "the holder asked", by: officerKeys)
        }
        for record in try await newest(2) { try await expectStatus(of: record, .good) }
        _ = try await logIn(at: .holder)
        try await stampContract(named: "contract-after-resumption")
        return "login and seal work again"
    }

    private func newest(_ count: Int) async throws -> [CertificateRecord] {
        Array(try await certificates(of: cast.first).prefix(count))
    }

    /// The first key is lost; a third card from stock takes its place.
    func reissue() async throws -> String {
        let open = try authority
        guard let lost = cast.first else { return "" }
        let lostCertificates = try await newest(2)
        let lostHolderPIN = LifePINs.second
        try await insert("holder-3", into: .other, with: ["--serial", "1003"])
        _ = try await open.keys.stockIn(at: terminal(.other), by: officerKeys)
        let third = try await open.keys.reissue(
            open.registry.code(cast.code), lost: lost, family: options.family, at: terminal(.other), by: officerKeys)
        for record in lostCertificates { try await expectStatus(of: try await recorded(record), .revoked) }
        _ = try await logIn(at: .other)
        pins.set(lostHolderPIN, for: try reader(.holder))
        let code = try await refusedLogin(at: .holder)
        cast.first = third
        return "\(lost.hex.prefix(8))… lost, \(third.hex.prefix(8))… issued; the finder's login: \(code)"
    }

    func revoke() async throws -> String {
        let open = try authority
        for record in try await newest(2) {
            try await open.certificateOrders.revoke(
                record.serialNumber, because: .cessationOfOperation, justification: "the entity was dissolved",
                by: officerKeys)
        }
        for record in try await newest(2) { try await expectStatus(of: record, .revoked) }
        let login = try await refusedLogin(at: .other)
        let one = try await refusal {
            guard let terminal = try officerKeys.terminals.first else { return }
            let record = try await newest(1)[0]
            let request = try await open.authority.revocation.request(
                toRevoke: record.serialNumber, because: .unspecified, justification: "one officer alone")
            let signer = TerminalOfficerSigner(terminal, shown: LocalisedText(zh: "吊销", en: "revoke"))
            _ = try await open.officers.authorise(request, by: [signer])
        }
        return "login: \(login); one officer alone: \(one)"
    }

    /// A fresh enrolment is cut by pulling the key out, and finished when it is inserted again.
    func recover() async throws -> String {
        let open = try authority
        try await insert("holder-4", into: .other, with: ["--serial", "1004"])
        let name = try await open.keys.stockIn(at: terminal(.other), by: officerKeys)
        var cut = ""
        // Far enough that the first key was generated, before its certificate was written.
        try await insert("holder-4", into: .other, with: ["--vanish-after", "30"])
        do {
            _ = try await open.keys.enrol(
                open.registry.code(cast.code), family: options.family, at: terminal(.other), by: officerKeys)
        } catch let refusal as Refusal { cut = refusal.code }
        try expect(!cut.isEmpty, "an enrolment that was cut")
        try await insert("holder-4", into: .other)
        let plan = try await open.keys.recover(at: terminal(.other))
        try expect(plan?.outcome == .finished, "a finished plan, not \(plan?.outcome?.rawValue ?? "none")")
        let records = try await certificates(of: name)
        try expect(records.allSatisfy { $0.isUsable(at: open.surroundings.now()) }, "active certificates")
        _ = try await logIn(at: .other)
        return "cut: \(cut); inserted again: finished, \(records.count) certificates, no orphan"
    }
}
