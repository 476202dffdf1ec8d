package import Cryptography
package import Groundwork

/// What a verifier believes before it looks at a log: the audit's keys, and the roots under which time stamps and
/// officers' certificates must stand.
package struct AuditTrust: Sendable {
    /// Every key that checkpoints were ever signed with, the newest first.
    package let keys: [PublicKey]
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

    package init(
        keys: [PublicKey], anchors: [Certificate] = [], intermediates: [Certificate] = [], officerPolicy: OID? = nil
    ) {
        self.officerPolicy = officerPolicy
        self.keys = keys
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
        self.keys = keys
        anchors = []
        intermediates = []
        officerPolicy = nil
        judge = stampTime
    }

    /// Whether time stamps are looked at.
    package var judgesTime: Bool { judge != nil }

    /// Whether one of the audit's keys signed the checkpoint.
    package func signed(_ signed: SignedCheckpoint) -> Bool {
        keys.contains { $0.verifies(signed.signature, over: signed.checkpoint.body) }
    }

    /// Whether the checkpoint's time stamp holds, or is not looked at. Every checkpoint of an authority has one, made
    /// at its own time.
    package func stampHolds(_ signed: SignedCheckpoint) -> Bool {
        !judgesTime || stampDistance(signed).map { $0 <= AuditTrust.stampWithinSeconds } ?? false
    }

    /// How many seconds lie between the checkpoint's time and its stamp's; `nil` without one that holds.
    func stampDistance(_ signed: SignedCheckpoint) -> Int64? {
        guard let judge, let token = signed.token,
            let time = judge(
                SignedCheckpoint.stamped(body: signed.checkpoint.body, signature: signed.signature), token)
        else { return nil }
        return abs(time.seconds - signed.checkpoint.time.seconds)
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

    /// Every key of a text of PEM blocks, in order.
    package static func keys(pem: String) throws(Refusal) -> [PublicKey] {
        var keys: [PublicKey] = []
        for block in try PEM.decode(pem) where block.label == "PUBLIC KEY" {
            keys.append(try PublicKey(spki: block.der))
        }
        return keys
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
