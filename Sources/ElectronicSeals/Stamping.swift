package import Audit
import Cryptography
package import Groundwork
import PortableDocuments
package import Storage

/// Puts stamps (签章) on documents: scan, prepare, sign with the enterprise's signature key, time stamp, assemble,
/// verify, record. A document is handed out only after our own verification of the finished bytes.
package struct Stamping: Sendable {
    let database: Database
    let audit: AuditLog
    let dependencies: SealDependencies
    let reading: BlockingPool
    let surroundings: Surroundings

    package init(
        database: Database, audit: AuditLog, dependencies: SealDependencies, reading: BlockingPool,
        surroundings: Surroundings
    ) {
        self.database = database
        self.audit = audit
        self.dependencies = dependencies
        self.reading = reading
        self.surroundings = surroundings
    }

    /// The whole way where the key is at hand.
    /// - Parameter sign: signs DER(signedAttrs) with the card's signature key, with the family's algorithm.
    package func stamp(
        _ order: StampOrder, signing sign: @Sendable (PendingStamp) async throws -> [UInt8]
    ) async throws -> SealedDocument {
        let pending = try await prepare(order)
        return try await complete(pending, signature: try await sign(pending))
    }

    /// Scans the document, checks the seal, and prepares what is to be signed. Refusals are audited.
    package func prepare(_ order: StampOrder) async throws -> PendingStamp {
        do { return try await prepared(order) } catch let refusal as Refusal {
            if refusal.retry == .no {
                try await note(refusal, of: order.seal, document: DigestAlgorithm.sha256.hash(order.document))
            }
            throw refusal
        }
    }

    private func prepared(_ order: StampOrder) async throws -> PendingStamp {
        let now = surroundings.now()
        let (seal, certificateStatus) = try await database.read { transaction in
            let seal = try SealStore().seal(order.seal, in: transaction)
            let certificateStatus = try dependencies.certificateStatus(seal.certificateSerial, transaction)
            try StampChecks.seal(seal, certificateStatus: certificateStatus, certificate: order.certificate, at: now)
            return (seal, certificateStatus)
        }
        let intermediates = try await dependencies.intermediates()
        try StampChecks.maker(of: seal, anchors: try await dependencies.anchors(), intermediates: intermediates)
        guard let certificate = certificateStatus?.certificate else {
            throw Refusal(ElectronicSealsRefusal.certificateUnknown)
        }
        try StampChecks.purpose(of: certificate)
        let document = order.document
        let placement = StampPlacement(
            page: order.page, centreMillimetresFromLeft: order.centreMillimetresFromLeft,
            fromTop: order.centreMillimetresFromTop, widthMillimetres: seal.drawing.widthMillimetres,
            heightMillimetres: seal.drawing.heightMillimetres)
        let appearance = StampAppearance(
            content: seal.drawing.content, widthPoints: seal.drawing.widthMillimetres * 72 / 25.4,
            heightPoints: seal.drawing.heightMillimetres * 72 / 25.4)
        let identifier = surroundings.randomBytes(16)
        let draft = try await reading.run {
            try StampDraft.prepare(
                PDFDocument(document), placement: placement, appearance: appearance, claimedAt: now,
                identifier: identifier, statement: StampStatement(name: seal.name, reason: "电子印章 \(seal.esID)"))
        }
        let signedData = try SignedDataDraft(
            detachedOver: draft.digest(using: seal.family.digest), signer: certificate,
            certificates: chain(of: certificate, intermediates))
        return PendingStamp(
            seal: seal, certificate: certificate, documentHash: DigestAlgorithm.sha256.hash(document), draft: draft,
            signedData: signedData)
    }

    /// Time-stamps the signature, assembles and verifies the document, and records the stamp.
    /// - Throws: nothing was stored or handed out then; the same signature may be given again.
    package func complete(_ pending: PendingStamp, signature: [UInt8]) async throws -> SealedDocument {
        guard pending.certificate.publicKey.verifies(signature, over: pending.toBeSigned) else {
            throw Refusal(ElectronicSealsRefusal.wrongSignature)
        }
        let token = try await timeStamp(over: signature, family: pending.seal.family)
        let cms = pending.signedData.assembled(signature: signature, timeStampToken: token)
        let bytes = try pending.draft.filled(with: cms)
        let verification = SealVerification(
            database: database, dependencies: dependencies, reading: reading, surroundings: surroundings)
        let verdicts = try await verification.verify(bytes)
        guard let verdict = verdicts.last, verdict.holds, verdict.seals.contains(where: { $0.id == pending.seal.id }),
            let stampedAt = verdict.stampedAt
        else {
            throw Refusal(
                ElectronicSealsRefusal.verificationFailed, detail: verdicts.last.map { "\($0.outcomes)" } ?? "",
                facts: ["what": verdicts.last?.failures.map(\.rawValue).joined(separator: ", ") ?? "—"])
        }
        let sealed = SealedDocument(
            stamp: StampIdentifier(in: surroundings), seal: pending.seal, bytes: bytes,
            certificate: pending.certificate, signedAttributes: pending.toBeSigned, signature: signature,
            stampedAt: stampedAt)
        try await record(sealed, documentHash: pending.documentHash)
        return sealed
    }

    private func timeStamp(over signature: [UInt8], family: AlgorithmFamily) async throws -> [UInt8] {
        do {
            let request = TimeStampRequest(
                imprint: MessageImprint(of: signature, digest: family.digest), nonce: surroundings.randomBytes(8),
                certificateRequested: true)
            guard case .granted(let token) = try TimeStampResponse(der: try await dependencies.timeStamp(request.der))
            else {
                throw Refusal(ElectronicSealsRefusal.timeStampFailed, detail: "rejected")
            }
            _ = try token.verify(answering: request)
            return token.der
        } catch {
            throw Refusal(ElectronicSealsRefusal.timeStampFailed, detail: "\(error)")
        }
    }

    /// The signer's certificate and those above it, without the root.
    private func chain(of certificate: Certificate, _ intermediates: [Certificate]) -> [Certificate] {
        var chain = [certificate]
        while let last = chain.last, chain.count < 8,
            let issuer = intermediates.first(where: { $0.subject == last.issuer && !$0.isSelfIssued }),
            !chain.contains(issuer)
        {
            chain.append(issuer)
        }
        return chain
    }

    /// Looks at the seal once more in the transaction that records the stamp: nothing is handed out after a revocation
    /// was committed.
    private func record(_ sealed: SealedDocument, documentHash: [UInt8]) async throws {
        try await database.write { transaction in
            let now = surroundings.now()
            let seal = try SealStore().seal(sealed.seal.id, in: transaction)
            let certificateStatus = try dependencies.certificateStatus(seal.certificateSerial, transaction)
            try StampChecks.seal(
                seal, certificateStatus: certificateStatus, certificate: sealed.certificate.der, at: now)
            let sealedHash = DigestAlgorithm.sha256.hash(sealed.bytes)
            let event = try audit.record(
                AuditEvent(
                    act: ElectronicSealsAct.stamped,
                    actor: certificateStatus?.medium.map { .holder(Hex.encode($0)) } ?? .public,
                    subject: sealed.stamp.shown,
                    facts: [
                        "seal": .string(seal.id.shown), "es_id": .string(seal.esID), "uscc": .string(seal.uscc),
                        "certificate_serial": .string(seal.certificateSerial.hex),
                        "document_sha256": .string(Hex.encode(documentHash)),
                        "sealed_sha256": .string(Hex.encode(sealedHash)),
                    ]), in: transaction)
            try SealStore().insertStamp(
                sealed.stamp, seal: seal.id, document: documentHash, sealed: sealedHash, at: sealed.stampedAt,
                event: event, in: transaction)
        }
    }

    private func note(_ refusal: Refusal, of seal: SealIdentifier, document: [UInt8]) async throws {
        try await database.write { transaction in
            _ = try audit.record(
                AuditEvent(
                    act: ElectronicSealsAct.stampRefused, actor: .public, subject: seal.shown,
                    facts: [
                        "reason": .string(refusal.code), "document_sha256": .string(Hex.encode(document)),
                    ]), in: transaction)
        }
    }
}
