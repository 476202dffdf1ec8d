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
    private let judge: (@Sendable (_ stamped: [UInt8], _ token: [UInt8]) -> Bool)?

    package init(keys: [PublicKey], anchors: [Certificate] = [], intermediates: [Certificate] = []) {
        self.keys = keys
        self.anchors = anchors
        self.intermediates = intermediates
        guard !anchors.isEmpty else {
            judge = nil
            return
        }
        judge = { stamped, token in
            AuditTrust.isStamped(stamped, token, anchors: anchors, intermediates: intermediates)
        }
    }

    /// With another judge of time stamps.
    package init(
        keys: [PublicKey], stampHolds: @escaping @Sendable (_ stamped: [UInt8], _ token: [UInt8]) -> Bool
    ) {
        self.keys = keys
        anchors = []
        intermediates = []
        judge = stampHolds
    }

    /// Whether time stamps are looked at.
    package var judgesTime: Bool { judge != nil }

    /// Whether one of the audit's keys signed the checkpoint.
    package func signed(_ signed: SignedCheckpoint) -> Bool {
        keys.contains { $0.verifies(signed.signature, over: signed.checkpoint.body) }
    }

    /// Whether the checkpoint's time stamp holds, or is not looked at. Where there is none, nothing is promised by it.
    package func stampHolds(_ signed: SignedCheckpoint) -> Bool {
        guard let judge, let token = signed.token else { return true }
        return judge(SignedCheckpoint.stamped(body: signed.checkpoint.body, signature: signed.signature), token)
    }

    /// Whether a certificate stands under one of the roots at that time; without roots, that is left open.
    package func reaches(_ certificate: Certificate, through others: [Certificate], at instant: Instant) -> Bool {
        anchors.isEmpty
            || ChainValidation.validate(
                certificate, intermediates: others + intermediates, anchors: anchors, at: instant
            ).isValid
    }

    /// RFC 3161: imprint, signature, purpose, and the path at the stated time.
    private static func isStamped(
        _ stamped: [UInt8], _ token: [UInt8], anchors: [Certificate], intermediates: [Certificate]
    ) -> Bool {
        do throws(Refusal) {
            let token = try TimeStampToken(der: token)
            let authority = try token.verify(over: stamped, among: intermediates)
            return ChainValidation.validate(
                authority, intermediates: token.signedData.certificates + intermediates, anchors: anchors,
                at: token.info.time
            ).isValid
        } catch { return false }
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
