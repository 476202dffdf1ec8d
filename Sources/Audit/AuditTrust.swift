package import Cryptography
package import Groundwork

/// What a verifier believes before it looks at a log: the audit's keys, and the roots under which time stamps and
/// officers' certificates must stand.
package struct AuditTrust: Sendable {
    /// Every key that checkpoints were ever signed with, the newest first, each with the end of its time.
    package let checkpointKeys: [CheckpointKey]
    /// Roots; without any, certificates are not followed to a root and time stamps are not looked at.
    package let anchors: [Certificate]
    package let intermediates: [Certificate]
    /// The policy that every officer's certificate names (CP-CPS, 1.4): no other certificate under the same roots
    /// counter-signs, whatever a rewritten log says of it. `nil` leaves it open.
    package let officerPolicy: OID?
    private let judge: Judge?

    /// When the time stamp over those bytes was made; `nil` if it does not hold.
    package typealias Judge = @Sendable (_ stamped: [UInt8], _ token: [UInt8]) -> Instant?

    /// Between a checkpoint's time and its stamp's there lie at most so many seconds; see ``AuditLog/checkpoint``.
    package static let stampWithinSeconds: Int64 = 300

    /// Whether a time stamp of that moment can be the checkpoint's own: one that was made years later proves no time.
    package static func isTimely(_ stamp: Instant, for checkpoint: Checkpoint) -> Bool {
        abs(stamp.seconds - checkpoint.time.seconds) <= stampWithinSeconds
    }

    /// With keys that have no end.
    package init(
        keys: [PublicKey], anchors: [Certificate] = [], intermediates: [Certificate] = [], officerPolicy: OID? = nil
    ) {
        self.init(
            checkpointKeys: keys.map { CheckpointKey($0) }, anchors: anchors, intermediates: intermediates,
            officerPolicy: officerPolicy)
    }

    package init(
        checkpointKeys: [CheckpointKey], anchors: [Certificate] = [], intermediates: [Certificate] = [],
        officerPolicy: OID? = nil
    ) {
        self.officerPolicy = officerPolicy
        self.checkpointKeys = checkpointKeys
        self.anchors = anchors
        self.intermediates = intermediates
        guard !anchors.isEmpty else {
            judge = nil
            return
        }
        judge = { stamped, token in
            AuditTrust.stampTime(stamped, token, anchors: anchors, intermediates: intermediates)
        }
    }

    /// With another judge of time stamps.
    package init(keys: [PublicKey], stampTime: @escaping Judge) {
        self.init(checkpointKeys: keys.map { CheckpointKey($0) }, stampTime: stampTime)
    }

    package init(checkpointKeys: [CheckpointKey], stampTime: @escaping Judge) {
        self.checkpointKeys = checkpointKeys
        anchors = []
        intermediates = []
        officerPolicy = nil
        judge = stampTime
    }

    /// Whether time stamps are looked at.
    package var judgesTime: Bool { judge != nil }

    package var keys: [PublicKey] { checkpointKeys.map(\.key) }

    /// Which of the audit's keys signed the checkpoint; `nil` if none did.
    func signer(of signed: SignedCheckpoint) -> CheckpointKey? {
        checkpointKeys.first { $0.key.verifies(signed.signature, over: signed.checkpoint.body) }
    }

    /// Whether one of the audit's keys signed the checkpoint, ended or not.
    package func signed(_ checkpoint: SignedCheckpoint) -> Bool { signer(of: checkpoint) != nil }

    /// Whether the checkpoint has a time stamp that holds, made at that moment, or none is looked at. Every checkpoint
    /// of an authority has one, made at its own time.
    func stampHolds(_ stamp: Instant?, for checkpoint: Checkpoint) -> Bool {
        !judgesTime || stamp.map { AuditTrust.isTimely($0, for: checkpoint) } ?? false
    }

    /// When the checkpoint's time stamp was made; `nil` without one that holds, or where none is looked at.
    func stampTime(of signed: SignedCheckpoint) -> Instant? {
        guard let judge, let token = signed.token else { return nil }
        return judge(SignedCheckpoint.stamped(body: signed.checkpoint.body, signature: signed.signature), token)
    }

    /// Whether an officer's certificate stands under one of the roots at that time; without roots, that is left open.
    package func reaches(_ certificate: Certificate, through others: [Certificate], at instant: Instant) -> Bool {
        anchors.isEmpty
            || (officerPolicy.map(certificate.facts.certificatePolicies.contains) ?? true)
                && ChainValidation.validate(
                    certificate, intermediates: others + intermediates, anchors: anchors, at: instant
                ).isValid
    }

    /// RFC 3161: imprint, signature, purpose, and the path at the stated time.
    private static func stampTime(
        _ stamped: [UInt8], _ token: [UInt8], anchors: [Certificate], intermediates: [Certificate]
    ) -> Instant? {
        do throws(Refusal) {
            let token = try TimeStampToken(der: token)
            let authority = try token.verify(over: stamped, among: intermediates)
            let path = ChainValidation.validate(
                authority, intermediates: token.signedData.certificates + intermediates, anchors: anchors,
                at: token.info.time)
            return path.isValid ? token.info.time : nil
        } catch { return nil }
    }

    /// Every certificate of a text of PEM blocks, in order.
    package static func certificates(pem: String) throws(Refusal) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try PEM.decode(pem) where block.label == "CERTIFICATE" {
            certificates.append(try Certificate(der: block.der))
        }
        return certificates
    }
}
