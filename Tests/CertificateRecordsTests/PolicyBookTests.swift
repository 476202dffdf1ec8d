import CertificateProfiles
import CertificateRecords
import CreditCodes
import Foundation
import Groundwork
import Officers
import Testing

@testable import AuthorityFixtures

/// A policy that came into force and could then not be read would lock the authority: it is refused before.
@Suite struct PolicyBookTests {
    let shipped: PolicyFiles

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        shipped = try PolicyFiles.read(root: root.path)
    }

    @Test func theShippedPoliciesAreABook() throws { _ = try PolicyBook(version: 1, files: shipped) }

    @Test(arguments: ["Policies/dual-control.yaml", "Policies/uscc.yaml", "Policies/certificates.yaml"])
    func aBookWithoutAnIndispensableFileIsRefused(path: String) {
        var texts = shipped.texts
        texts[path] = nil
        #expect(throws: Refusal(CertificateProfilesRefusal.malformedPolicy)) {
            try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
        }
    }

    @Test func otherRoomsRulesAreReadBeforeTheyAreInForce() throws {
        var texts = shipped.texts
        texts["Policies/dual-control.yaml"] = shipped.texts["Policies/dual-control.yaml"]?.replacing(
            "version: 1", with: "version: 2")
        #expect(throws: Refusal(OfficersRefusal.policy)) {
            try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
        }
        texts = shipped.texts
        texts["Policies/uscc.yaml"] = shipped.texts["Policies/uscc.yaml"]?.replacing("version: 1", with: "version: 2")
        #expect(throws: Refusal(CreditCodesRefusal.rules)) {
            try PolicyBook(version: 1, files: PolicyFiles(texts: texts))
        }
    }
}
