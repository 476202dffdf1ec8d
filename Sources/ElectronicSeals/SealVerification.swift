package import Cryptography
package import Groundwork
import PortableDocuments
package import Storage

/// One thing that is true or not about a stamp.
package enum StampCheck: String, CaseIterable, Sendable {
    case form
    case integrity
    case signature
    case signingCertificate = "signing-certificate"
    case timeStamp = "time-stamp"
    case certificateChain = "certificate-chain"
    case purpose
    case certificateStatus = "certificate-status"
    case sealBinding = "seal-binding"
    case sealStatus = "seal-status"
    case wholeFile = "whole-file"

    package var label: LocalisedText {
        switch self {
        case .form: LocalisedText(zh: "签名格式(PAdES)", en: "the signature's form (PAdES)")
        case .integrity: LocalisedText(zh: "文件内容未被改动", en: "the document is unchanged")
        case .signature: LocalisedText(zh: "数字签名", en: "the digital signature")
        case .signingCertificate: LocalisedText(zh: "签名证书属性", en: "the signing-certificate attribute")
        case .timeStamp: LocalisedText(zh: "时间戳", en: "the time stamp")
        case .certificateChain: LocalisedText(zh: "证书链", en: "the certificate chain")
        case .purpose: LocalisedText(zh: "证书用途为签名", en: "the certificate is for signatures")
        case .certificateStatus: LocalisedText(zh: "盖章时的证书状态", en: "the certificate's status when it was stamped")
        case .sealBinding: LocalisedText(zh: "印章与证书的绑定", en: "the seal names this certificate")
        case .sealStatus: LocalisedText(zh: "盖章时的印章状态", en: "the seal's status when it was stamped")
        case .wholeFile: LocalisedText(zh: "盖章后未追加内容", en: "nothing was appended afterwards")
        }
    }
}

package enum StampOutcome: Hashable, Sendable {
    case holds
    case fails(String)
}

/// What is true about one stamp. Rejection is a result, not an error.
package struct StampVerdict: Sendable {
    package let fieldName: String
    package let outcomes: [StampCheck: StampOutcome]
    package let certificate: Certificate?
    /// The seals of this certificate that were active then; the recorded one alone, where the stamp is on record.
    package let seals: [Seal]
    package var seal: Seal? { seals.count == 1 ? seals.first : nil }
    /// The time stamp's time; nothing else is trusted.
    package let stampedAt: Instant?

    package var failures: [StampCheck] { StampCheck.allCases.filter { outcomes[$0] != .holds } }
    package var holds: Bool { failures.isEmpty }
}

/// Verifies the stamps of a document: form, content, signature, time, chain, status at the time, binding to a seal.
package struct SealVerification: Sendable {
    private let database: Database
    private let dependencies: SealDependencies
    private let reading: BlockingPool
    private let surroundings: Surroundings

    /// - Parameter reading: where documents are read, for libqpdf blocks.
    package init(database: Database, dependencies: SealDependencies, reading: BlockingPool, surroundings: Surroundings)
    {
        self.database = database
        self.dependencies = dependencies
        self.reading = reading
        self.surroundings = surroundings
    }

    /// Every stamp, oldest first.
    /// - Throws: `portable-documents.no-signature` and what else makes the document unreadable.
    package func verify(_ document: [UInt8]) async throws -> [StampVerdict] {
        let anchors = try await dependencies.anchors()
        let intermediates = try await dependencies.intermediates()
        var verdicts: [StampVerdict] = []
        for signature in try await reading.run({ try EmbeddedSignature.all(in: document) }) {
            verdicts.append(try await verify(signature, of: document, anchors, intermediates))
        }
        return verdicts
    }

    private func verify(
        _ embedded: EmbeddedSignature, of document: [UInt8], _ anchors: [Certificate], _ intermediates: [Certificate]
    ) async throws -> StampVerdict {
        let examined = StampExamination(embedded, of: document, anchors: anchors)
        var outcomes = examined.outcomes
        var seals: [Seal] = []
        if let certificate = examined.certificate {
            let at = examined.stampedAt ?? surroundings.now()
            let revision = DigestAlgorithm.sha256.hash(document[..<embedded.byteRange.second.upperBound])
            let record = try await database.read { transaction in
                try recorded(certificate, revision: revision, at: at, in: transaction) {
                    $0.data.isMadeUnder(anchors: anchors, intermediates: intermediates)
                }
            }
            outcomes.merge(record.outcomes) { $1 }
            seals = record.seals
        }
        return StampVerdict(
            fieldName: embedded.fieldName, outcomes: outcomes, certificate: examined.certificate, seals: seals,
            stampedAt: examined.stampedAt)
    }

    /// What our own records say of the certificate and its seals at the time of the stamp.
    private func recorded(
        _ certificate: Certificate, revision: [UInt8], at instant: Instant, in transaction: any ReadTransaction,
        isOurs: (Seal) -> Bool
    ) throws -> (seals: [Seal], outcomes: [StampCheck: StampOutcome]) {
        var outcomes: [StampCheck: StampOutcome] = [:]
        guard let certificateStatus = try dependencies.certificateStatus(certificate.serialNumber, transaction),
            certificateStatus.certificate == certificate
        else {
            return ([], [.certificateStatus: .fails("this authority has no record of the certificate")])
        }
        outcomes[.certificateStatus] =
            certificateStatus.wasGood(at: instant)
            ? .holds : .fails("\(certificateStatus.state) at the time of the stamp")
        let bound = try SealStore().seals(certificate: certificate.serialNumber, in: transaction)
            .filter { $0.data.information.certificates.names(certificate.der) && isOurs($0) }
        outcomes[.sealBinding] = bound.isEmpty ? .fails("no seal names this certificate") : .holds
        // A time stamp knows whole seconds: what happened within its second counts.
        let moment = instant.truncatedToSecond.adding(milliseconds: 999)
        var active: [Seal] = []
        for seal in bound where seal.validFrom <= instant && instant < seal.validUntil {
            if try SealStore().status(of: seal.id, at: moment, in: transaction) == .active { active.append(seal) }
        }
        if let recorded = try SealStore().sealOfStamp(sealed: revision, in: transaction) {
            active = active.filter { $0.id == recorded.id }
        }
        outcomes[.sealStatus] = active.isEmpty ? .fails("no seal of this certificate was active") : .holds
        return (active, outcomes)
    }
}
