import Audit
import Cryptography
import Groundwork

/// The audit's part of evidence, joined at export: `audit` holds an ``Audit/AuditEvidence`` and, as `certificate`, that
/// of the key which signs checkpoints.
enum EvidenceAudit {
    static func outcomes(
        of parts: EvidenceParts, anchors: [Certificate]
    ) -> [EvidenceCheck: EvidenceOutcome] {
        guard let joined = parts.json["audit"] else {
            return Dictionary(uniqueKeysWithValues: EvidenceCheck.ofTheAudit.map { ($0, .absent) })
        }
        guard let audit = AuditEvidence(json: joined),
            let der = joined["certificate"]?.string.flatMap({ Base64.decode($0) }),
            let certificate = try? Certificate(der: der)
        else { return Dictionary(uniqueKeysWithValues: EvidenceCheck.ofTheAudit.map { ($0, .fails("malformed")) }) }
        let checkpoint = audit.signed.checkpoint
        let proof = MerkleProof.includes(
            leafHash: MerkleHash.leaf(audit.line), leaf: audit.leaf, size: checkpoint.size, path: audit.path,
            root: checkpoint.root)
        let signed =
            certificate.publicKey.verifies(audit.signed.signature, over: checkpoint.body)
            && EvidenceVerifier.isTrusted(certificate, parts.chain, anchors, at: checkpoint.time)
        return [
            .auditEvent: event(audit.line, of: parts),
            .auditProof: proof ? .holds : .fails("the path does not lead to the checkpoint's root"),
            .checkpointSignature: signed ? .holds : .fails("the checkpoint is not signed by a trusted key"),
            .checkpointTime: time(of: audit.signed, parts, anchors),
        ]
    }

    /// The event is the one that the evidence names, and its facts are those of this very login.
    private static func event(_ line: [UInt8], of parts: EvidenceParts) -> EvidenceOutcome {
        guard let event = try? CanonicalJSON(parsingCanonical: line), event["id"]?.string == parts.auditEvent,
            event["act"]?.string == AuthenticationAct.loggedIn.rawValue,
            event["subject"]?.string == parts.json["login"]?.string, let facts = event["facts"]
        else { return .fails("another event") }
        func hash(_ bytes: [UInt8]) -> CanonicalJSON { .string(Hex.encode(DigestAlgorithm.sha256.hash(bytes))) }
        let agrees =
            facts["statement_sha256"] == hash(parts.statementBytes)
            && facts["signature_sha256"] == hash(parts.signature)
            && facts["certificate_sha256"] == hash(parts.certificate.der)
            && ["client", "origin", "sub", "uscc", "acr"].allSatisfy { facts[$0] == parts.json[$0] }
        return agrees ? .holds : .fails("the event is of another login")
    }

    private static func time(
        of signed: SignedCheckpoint, _ parts: EvidenceParts, _ anchors: [Certificate]
    ) -> EvidenceOutcome {
        guard let der = signed.token else { return .absent }
        let stamped = SignedCheckpoint.stamped(body: signed.checkpoint.body, signature: signed.signature)
        do {
            let token = try TimeStampToken(der: der)
            let authority = try token.verify(over: stamped, among: parts.chain)
            guard
                EvidenceVerifier.isTrusted(
                    authority, token.signedData.certificates + parts.chain, anchors, at: token.info.time)
            else { return .fails("the time stamp authority is not trusted") }
            guard AuditTrust.isTimely(token.info.time, for: signed.checkpoint) else {
                return .fails("the time stamp is of another time than the checkpoint")
            }
            return .holds
        } catch { return .fails("\(error)") }
    }
}
