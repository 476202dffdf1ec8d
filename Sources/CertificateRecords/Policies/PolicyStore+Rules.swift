package import CertificateProfiles
internal import Cryptography
internal import Groundwork
internal import Storage

/// What the rules need of one version of the policies, also of one that this program could no longer put in force.
package struct LintPolicies: Sendable {
    package let forms: [String: ProfileForm]
    /// `nil` if that version's file has not the form of today: rules that need it are silent then.
    package let certificates: CertificatePolicy?
}

extension PolicyStore {
    /// The profiles and numbers of a version, the present or a former one.
    package func rules(version: Int64) async throws -> LintPolicies {
        let texts = try await texts(version: version)
        let path = "Policies/certificates.yaml"
        let certificates = texts[path].flatMap { try? CertificatePolicy.decode($0, file: path) }
        var forms: [String: ProfileForm] = [:]
        for (path, text) in texts where path.hasPrefix("Policies/profiles/") {
            guard let certificates, let profile = try? CertificateProfile.decode(text, file: path) else { continue }
            forms[profile.id] = ProfileForm(profile, codes: certificates.unifiedSocialCreditCode)
        }
        return LintPolicies(forms: forms, certificates: certificates)
    }
}
