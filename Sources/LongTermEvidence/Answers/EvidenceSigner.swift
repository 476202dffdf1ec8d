internal import CertificateRecords
package import CertificateStatus
package import Cryptography
package import Groundwork
package import KeyCustody
package import TimeStamping

/// Makes witnessed statements: long-term answers and the manifests of archives.
package struct EvidenceSigner: Sendable {
    let issuers: IssuerDirectory
    let surroundings: Surroundings
    /// The statements' keys as they are at this moment, the newest last.
    let keys: @Sendable () -> [ServiceKey]
    let timeStamps: TimeStampAuthority
    let status: StatusService

    package init(
        issuers: IssuerDirectory, surroundings: Surroundings, keys: @escaping @Sendable () -> [ServiceKey],
        timeStamps: TimeStampAuthority, status: StatusService
    ) {
        self.issuers = issuers
        self.surroundings = surroundings
        self.keys = keys
        self.timeStamps = timeStamps
        self.status = status
    }

    /// Signs, time-stamps and gathers what proves the signer; nothing is stored.
    ///
    /// - Parameter family: of the key, where there are several.
    package func sign(_ body: [UInt8], family: AlgorithmFamily? = nil) async throws -> TimeStampedStatement {
        try await sign(body, family) { try await timeStamps.token($0) }
    }

    /// The same for a third party: our own signatures come first.
    package func signForPublic(_ body: [UInt8], family: AlgorithmFamily? = nil) async throws -> TimeStampedStatement {
        try await timeStamps.forPublic { token in try await sign(body, family, token) }
    }

    private func sign(
        _ body: [UInt8], _ family: AlgorithmFamily?, _ stamp: (MessageImprint) async throws -> [UInt8]
    ) async throws -> TimeStampedStatement {
        let now = surroundings.now()
        let valid = keys().filter { $0.certificate.isValid(at: now) }
        guard let key = valid.last(where: { family == nil || $0.certificate.publicKey.family == family }) ?? valid.last
        else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": ServiceRole.statements.rawValue])
        }
        let issuer = try issuers.issuer(generation: key.issuer)
        let signature = try await key.signer.sign(body)
        Counted.signatures.add("validity-statement")
        guard key.certificate.publicKey.verifies(signature, over: body) else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: "statement")
        }
        let digest = key.certificate.publicKey.family?.digest ?? .sha256
        let token = try await stamp(MessageImprint(of: signature, digest: digest))
        let question = OCSPRequest(
            certificates: [
                OCSPCertID(
                    issuer: issuer.certificate, serialNumber: key.certificate.serialNumber, digest: .sha256)
            ], nonce: nil)
        let answer = await status.ocsp(question.der, issuer: key.issuer)
        guard try OCSPResponse(der: answer.der).basic != nil else {
            throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "no answer about the signer")
        }
        var chain = issuers.chain(of: issuer)
        for certificate in try TimeStampToken(der: token).signedData.certificates
        where certificate.isAuthority && !chain.contains(certificate) && !certificate.isSelfIssued {
            chain.append(certificate)
        }
        return TimeStampedStatement(
            body: body, signature: signature, token: token, signer: key.certificate, chain: chain, status: answer.der)
    }
}
