internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
internal import Groundwork

extension IssuanceService {
    /// Builds the certificate that a request would come to, over a key of the family that is thrown away, and lints
    /// it. Nothing is stored and nothing signed; what the profile, the policy, the issuer or the linter would refuse is
    /// refused here.
    package func rehearse(
        profile: String, subject: SubjectDetails, family: AlgorithmFamily, location: KeyLocation
    ) async throws {
        let key = try PrivateKey.generate(family)
        let draft = try draft(
            IssuanceRequest(
                profile: profile, subject: subject, proof: .ownKey(key.publicKey), location: location, actor: .system),
            nil, under: try await policies.current(), isRehearsal: true)
        let serial = engine.numbers.draw(for: draft.purpose, among: draft.shards, in: engine.surroundings)
        _ = try Linter.permit(try draft.body(serial), in: draft.context)
    }
}
