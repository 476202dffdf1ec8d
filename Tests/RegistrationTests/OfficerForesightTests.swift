import Cryptography
import Foundation
import Groundwork
import Officers
import Registration
import Testing

/// Who hears when of what ends the government of an authority.
@Suite struct OfficerForesightTests {
    private static let now = Instant(seconds: 1_790_000_000)

    private static func officer(
        _ name: String, _ roles: Set<OfficerRole>, endsAfterHours hours: Int64, status: OfficerStatus = .active
    ) async throws -> Officer {
        let key = try PrivateKey.generate(.p256)
        let subject = DistinguishedName([.init(.commonName, name)])
        let certificate = try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: subject,
            notBefore: now.adding(days: -600), notAfter: now.adding(seconds: hours * 3600), subject: subject,
            publicKey: key.publicKey, extensions: [.keyUsage([.digitalSignature])]
        ).signed(by: SoftwareSigner(key))
        return Officer(
            identifier: OfficerIdentifier(in: .real), name: name, roles: roles, status: status,
            certificate: certificate, since: now.adding(days: -600))
    }

    private static func foresight(
        superEndsAfterHours hours: Int64, status: OfficerStatus = .active
    ) async throws -> OfficerForesight {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let policy = try DualControl(
            yaml: String(contentsOf: root.appending(path: "Policies/dual-control.yaml"), encoding: .utf8))
        let one = try await officer("王建国", [.superAdministrator], endsAfterHours: hours, status: status)
        let two = try await officer("李秀英", [.auditAdministrator], endsAfterHours: 24 * 700)
        return OfficerForesight([(one, hours > 0), (two, true)], policy: policy, at: now)
    }

    /// Hours that are left, the stage that is reached, and whether `doctor` fails.
    @Test(
        arguments: [
            (24 * 91, nil, false), (24 * 90, 90, false), (24 * 30 + 1, 90, false), (24 * 30, 30, true),
            (24 * 8, 30, true), (24 * 7, 7, true), (1, 7, true),
        ] as [(Int64, Int64?, Bool)])
    func aCertificateThatEndsIsNamedAtEachStage(hours: Int64, stage: Int64?, fails: Bool) async throws {
        let foresight = try await Self.foresight(superEndsAfterHours: hours)
        #expect(foresight.endings.first?.stage == stage)
        let alarm = foresight.alarm()
        #expect((alarm?.isBecause(RegistrationRefusal.officerEnds) ?? false) == fails)
        let noted = foresight.notices.contains { $0.en.contains("90-day warning") && $0.zh.contains("王建国") }
        #expect(noted == (stage == 90))
        if let alarm, let stage { #expect(alarm.message.zh.contains("\(stage) 天提醒"), "\(alarm.message.zh)") }
        #expect(foresight.notices.contains { $0.en.contains("one person alone") })
    }

    @Test func thatNobodyIsLeftComesFirst() async throws {
        let ended = try await Self.foresight(superEndsAfterHours: -1)
        #expect(ended.alarm()?.isBecause(RegistrationRefusal.nobodyLeft) == true)
        #expect(ended.alarm()?.nextStep.en.contains("yzt ceremony reopen") == true)
        // Before the first officers there is nobody to miss.
        #expect(ended.alarm(hasOfficers: false)?.isBecause(RegistrationRefusal.officerEnds) == true)
        let suspended = try await Self.foresight(superEndsAfterHours: 24 * 700, status: .suspended)
        #expect(suspended.alarm()?.isBecause(RegistrationRefusal.nobodyLeft) == true)
    }
}
