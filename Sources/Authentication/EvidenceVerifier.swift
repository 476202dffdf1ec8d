package import Cryptography
package import Groundwork

import AgentProtocol

/// One thing that is true or not about a login, as evidence shows it.
package enum EvidenceCheck: String, CaseIterable, Sendable {
    case serviceChain = "service-chain"
    case serviceSignature = "service-signature"
    case statement
    case certificateChain = "certificate-chain"
    case purpose
    case signature
    case status
    case time
    case auditEvent = "audit-event"
    case auditProof = "audit-proof"
    case checkpointSignature = "checkpoint-signature"
    case checkpointTime = "checkpoint-time"

    package var label: LocalisedText {
        switch self {
        case .serviceChain: LocalisedText(zh: "服务证书链", en: "the service certificate's chain")
        case .serviceSignature: LocalisedText(zh: "登录声明的服务签名", en: "the service's signature over the statement")
        case .statement: LocalisedText(zh: "声明与应用、来源一致", en: "the statement names this application and origin")
        case .certificateChain: LocalisedText(zh: "持有人证书链", en: "the holder's certificate chain")
        case .purpose: LocalisedText(zh: "证书用途为身份认证", en: "the certificate is for authentication")
        case .signature: LocalisedText(zh: "持有人签名", en: "the holder's signature")
        case .status: LocalisedText(zh: "当时的证书状态", en: "the certificate's status at that moment")
        case .time: LocalisedText(zh: "时间先后", en: "the order of times")
        case .auditEvent: LocalisedText(zh: "审计事件内容", en: "the audit event's content")
        case .auditProof: LocalisedText(zh: "审计包含证明", en: "the audit inclusion proof")
        case .checkpointSignature: LocalisedText(zh: "检查点签名", en: "the checkpoint's signature")
        case .checkpointTime: LocalisedText(zh: "检查点时间戳", en: "the checkpoint's time stamp")
        }
    }

    /// Checks that evidence can pass only after it was exported with its place in the audit.
    package static let ofTheAudit: Set<EvidenceCheck> = [
        .auditEvent, .auditProof, .checkpointSignature, .checkpointTime,
    ]
}

package enum EvidenceOutcome: Hashable, Sendable {
    case holds
    case fails(String)
    /// The evidence does not carry what this check needs.
    case absent
}

/// What evidence shows. Rejection is a result: only unreadable evidence is refused.
package struct EvidenceVerdict: Sendable {
    package let outcomes: [EvidenceCheck: EvidenceOutcome]

    /// Whether everything about the login itself holds, and nothing about the audit fails.
    package var holds: Bool {
        EvidenceCheck.allCases.allSatisfy { check in
            switch outcomes[check] ?? .absent {
            case .holds: true
            case .fails: false
            case .absent: EvidenceCheck.ofTheAudit.contains(check)
            }
        }
    }

    /// Whether the audit's part was there and holds too.
    package var isComplete: Bool { EvidenceCheck.allCases.allSatisfy { outcomes[$0] == .holds } }
}

/// Checks login evidence with nothing but the anchors: no network, no store, no clock.
package enum EvidenceVerifier {
    package static func verify(_ bytes: [UInt8], anchors: [Certificate]) throws(Refusal) -> EvidenceVerdict {
        let parts = try EvidenceParts(Evidence(bytes: bytes))
        var outcomes: [EvidenceCheck: EvidenceOutcome] = [:]
        func note(_ check: EvidenceCheck, _ holds: Bool, _ otherwise: String) {
            outcomes[check] = holds ? .holds : .fails(otherwise)
        }
        let service = SignedStatement(bytes: parts.statementBytes, signature: parts.serviceSignature)
        note(
            .serviceChain, isTrusted(parts.serviceCertificate, parts.chain, anchors, at: parts.statement.issuedAt),
            "the service certificate does not chain to the anchors")
        let signedByService: Bool
        do {
            signedByService =
                try service.verified(by: parts.serviceCertificate.publicKey, at: parts.statement.issuedAt)
                == parts.statement
        } catch { signedByService = false }
        note(.serviceSignature, signedByService, "the service did not sign this statement")
        note(
            .statement, parts.statement.origin == parts.origin && parts.statement.client == parts.client,
            "the statement is for another application or origin")
        note(
            .certificateChain, isTrusted(parts.certificate, parts.chain, anchors, at: parts.verifiedAt),
            "the holder's certificate does not chain to the anchors")
        note(.purpose, (try? LoginChecks.purpose(of: parts.certificate)) != nil, "not an authentication certificate")
        note(.signature, holderSigned(parts), "the holder's key did not sign this login")
        outcomes[.status] = EvidenceStatus.outcome(of: parts, anchors: anchors)
        note(
            .time,
            parts.statement.issuedAt <= parts.verifiedAt && parts.verifiedAt < parts.statement.expiresAt,
            "the login lies outside the statement's life")
        outcomes.merge(EvidenceAudit.outcomes(of: parts, anchors: anchors)) { $1 }
        return EvidenceVerdict(outcomes: outcomes)
    }

    static func isTrusted(
        _ certificate: Certificate, _ chain: [Certificate], _ anchors: [Certificate], at instant: Instant
    ) -> Bool {
        ChainValidation.validate(certificate, intermediates: chain, anchors: anchors, at: instant).isValid
    }

    private static func holderSigned(_ parts: EvidenceParts) -> Bool {
        guard let family = parts.certificate.publicKey.family else { return false }
        let message = LoginStatement.signedBytes(
            origin: parts.origin, statementBytes: parts.statementBytes, certificate: parts.certificate.der,
            family: family)
        return parts.certificate.publicKey.verifies(parts.signature, over: message)
    }
}
