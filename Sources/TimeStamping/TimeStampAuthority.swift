internal import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody

/// Answers requests for time stamps (RFC 3161), with the newest key that is there, while the clock is trusted.
package struct TimeStampAuthority: Sendable {
    let surroundings: Surroundings
    let policies: PolicyStore
    /// The keys as they are at this moment, the newest last: a key that a ceremony made is used from then on.
    let keys: @Sendable () -> [ServiceKey]
    /// The certificates above a key's, without the root.
    let chain: @Sendable (ServiceKey) throws -> [Certificate]
    /// The clock that its tokens state.
    package let clock: TrustedClock
    /// The authority's own: what third parties ask for waits behind issuance, revocation and our own time stamps.
    let queue: SigningQueue

    /// - Parameters:
    ///   - keys: the keys as they are at this moment, the newest last.
    ///   - chain: the certificates above a key's, without the root.
    ///   - queue: the authority's own; third parties wait behind what it signs itself.
    package init(
        surroundings: Surroundings, policies: PolicyStore, keys: @escaping @Sendable () -> [ServiceKey],
        chain: @escaping @Sendable (ServiceKey) throws -> [Certificate], clock: TrustedClock,
        queue: SigningQueue
    ) {
        self.surroundings = surroundings
        self.policies = policies
        self.keys = keys
        self.chain = chain
        self.clock = clock
        self.queue = queue
    }

    /// Third parties' requests stand in one line, whichever key will sign.
    package static let line = Array("time-stamps".utf8)

    /// Of the key that signs now; `nil` where there is none.
    package var certificate: Certificate? { key(for: nil)?.certificate }

    /// A third party's request: signed when nothing of our own waits.
    /// - Throws: `certificate-authority.time-stamps-busy`, if too many wait already.
    package func respondToPublic(_ request: [UInt8]) async throws -> [UInt8] {
        try await inLine { await answer(request) }
    }

    private func inLine<Value>(_ work: () async throws -> Value) async throws -> Value {
        let policy = try await policies.current().certificates.timeStamps
        return try await queue.forPublic(
            TimeStampAuthority.line, places: policy.publicAtOnce, limit: policy.publicWaiting,
            full: TimeStampingRefusal.timeStampsBusy,
            work)
    }

    /// DER of the answer, granted or rejected; never throws, for a rejection is an answer too. For our own seals.
    package func respond(_ request: [UInt8]) async -> [UInt8] {
        await queue.urgently { await answer(request) }
    }

    private func answer(_ request: [UInt8]) async -> [UInt8] {
        let question: TimeStampRequest
        do throws(Refusal) { question = try TimeStampRequest(der: request) } catch {
            let failure: TimeStampResponse.Failure =
                error.isBecause(CryptographyRefusal.unsupportedAlgorithm) ? .badAlgorithm : .badDataFormat
            return TimeStampResponse.rejected(failure, text: "the request cannot be read: \(error.detail)")
        }
        // RFC 3161, 2.4.1: whether it is critical or not.
        guard !question.hasExtensions else {
            return TimeStampResponse.rejected(.unacceptedExtension, text: "no extension of a request is known")
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
                token: try await make(
                    question.imprint, nonce: question.nonce, certificateRequested: question.certificateRequested))
        } catch let refusal as Refusal where refusal.isBecause(KeyCustodyRefusal.noSigner) {
            return TimeStampResponse.rejected(.timeNotAvailable, text: "no time stamps are given at this moment")
        } catch let refusal as Refusal where refusal.isBecause(TimeStampingRefusal.clockUntrusted) {
            return TimeStampResponse.rejected(
                .timeNotAvailable, text: "the clock is not trusted at this moment: \(refusal.detail)")
        } catch {
            return TimeStampResponse.rejected(.systemFailure, text: "the time stamp could not be made")
        }
    }

    /// A token for our own use: checkpoints, answers, archives.
    package func token(
        _ imprint: MessageImprint, nonce: [UInt8]? = nil, certificateRequested: Bool = true
    ) async throws -> [UInt8] {
        try await queue.urgently {
            try await make(imprint, nonce: nonce, certificateRequested: certificateRequested)
        }
    }

    /// A token over a message, by the digest of the authority's family.
    package func token(over message: [UInt8]) async throws -> [UInt8] {
        let digest = certificate?.publicKey.family?.digest ?? .sha256
        return try await token(MessageImprint(of: message, digest: digest))
    }

    /// A third party's work that needs tokens on the way: it waits in the same line, and asks this `token` for them,
    /// not the urgent one.
    package func forPublic<Value: Sendable>(
        _ work: (_ token: (MessageImprint) async throws -> [UInt8]) async throws -> Value
    ) async throws -> Value {
        try await inLine {
            try await work { imprint in try await make(imprint, nonce: nil, certificateRequested: true) }
        }
    }

    private func make(
        _ imprint: MessageImprint, nonce: [UInt8]?, certificateRequested: Bool
    ) async throws -> [UInt8] {
        let policy = try await policies.current().certificates.timeStamps
        let time = try await clock.time()
        guard let key = key(for: imprint.digest) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": ServiceRole.timeStamping.rawValue])
        }
        let info = TimeStampInfo(
            policy: try OID(validating: policy.policy), imprint: imprint,
            serialNumber: SerialNumber.random(in: surroundings), time: time.now.truncatedToSecond,
            accuracyMilliseconds: time.errorMilliseconds.map { policy.accuracyMilliseconds + Int($0) }, nonce: nonce)
        let token = try await TimeStampToken.make(
            info, signer: key.signer, certificate: key.certificate, certificates: chain(key),
            includingCertificates: certificateRequested)
        Counted.signatures.add("time-stamp")
        return token
    }

    /// The newest key that is valid now; where there are several families, one of the national family for SM3 and of
    /// another for all else.
    private func key(for digest: DigestAlgorithm?) -> ServiceKey? {
        let now = surroundings.now()
        let valid = keys().filter { $0.certificate.isValid(at: now) }
        guard let digest else { return valid.last }
        return valid.last { ($0.certificate.publicKey.family == .sm2) == (digest == .sm3) } ?? valid.last
    }
}
