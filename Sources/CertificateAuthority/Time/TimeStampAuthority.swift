package import Cryptography
internal import Groundwork

/// Answers requests for time stamps (RFC 3161).
package struct TimeStampAuthority: Sendable {
    let surroundings: Surroundings
    let policies: PolicyStore
    let issuers: IssuerDirectory
    let key: ServiceKey?

    package var certificate: Certificate? { key?.certificate }

    /// DER of the answer, granted or rejected; never throws, for a rejection is an answer too.
    package func respond(_ request: [UInt8]) async -> [UInt8] {
        let question: TimeStampRequest
        do throws(Refusal) { question = try TimeStampRequest(der: request) } catch {
            let failure: TimeStampResponse.Failure =
                error.isBecause(CryptographyRefusal.unsupportedAlgorithm) ? .badAlgorithm : .badDataFormat
            return TimeStampResponse.rejected(failure, text: "the request cannot be read: \(error.detail)")
        }
        do {
            let policy = try await policies.current().certificates.timeStamps
            guard policy.digests.contains(question.imprint.digest) else {
                return TimeStampResponse.rejected(.badAlgorithm, text: "this digest is not accepted")
            }
            let ours = try OID(validating: policy.policy)
            guard question.policy.map({ $0 == ours }) ?? true else {
                return TimeStampResponse.rejected(.unacceptedPolicy, text: "the policy is \(ours)")
            }
            return TimeStampResponse.granted(
                token: try await token(
                    question.imprint, nonce: question.nonce, certificateRequested: question.certificateRequested))
        } catch let refusal as Refusal where refusal.isBecause(CertificateAuthorityRefusal.noSigner) {
            return TimeStampResponse.rejected(.timeNotAvailable, text: "no time stamps are given at this moment")
        } catch {
            return TimeStampResponse.rejected(.systemFailure, text: "the time stamp could not be made")
        }
    }

    /// A token for our own use: seals, checkpoints.
    package func token(
        _ imprint: MessageImprint, nonce: [UInt8]? = nil, certificateRequested: Bool = true
    ) async throws -> [UInt8] {
        let now = surroundings.now()
        guard let key, key.certificate.isValid(at: now) else {
            throw Refusal(CertificateAuthorityRefusal.noSigner, facts: ["key": ServiceRole.timeStamping.rawValue])
        }
        let policy = try await policies.current().certificates.timeStamps
        let info = TimeStampInfo(
            policy: try OID(validating: policy.policy), imprint: imprint,
            serialNumber: SerialNumber.random(in: surroundings),
            time: now.truncatedToSecond, accuracySeconds: policy.accuracySeconds, nonce: nonce)
        let issuer = try issuers.issuer(generation: key.issuer)
        return try await TimeStampToken.make(
            info, signer: key.signer, certificate: key.certificate, certificates: issuers.chain(of: issuer),
            includingCertificates: certificateRequested)
    }

    /// A token over a message, by the digest of the authority's family.
    package func token(over message: [UInt8]) async throws -> [UInt8] {
        let digest = key?.certificate.publicKey.family?.digest ?? .sha256
        return try await token(MessageImprint(of: message, digest: digest))
    }
}
