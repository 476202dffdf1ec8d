package import Cryptography
package import Groundwork

/// A statement of the authority with everything that lets it be believed in thirty years: the signature of the
/// statements' key, a time stamp over the signature, the certificates of both, and the responder's word that the
/// signing certificate was good at that time.
package struct TimeStampedStatement: Hashable, Sendable {
    package static let format = "yzt-witnessed-1"

    package let body: [UInt8]
    package let signature: [UInt8]
    /// RFC 3161, over the signature.
    package let token: [UInt8]
    package let signer: Certificate
    /// Between the signer and the root, and between the time stamp authority and the root.
    package let chain: [Certificate]
    /// An OCSP response about the signer.
    package let status: [UInt8]

    package init(
        body: [UInt8], signature: [UInt8], token: [UInt8], signer: Certificate, chain: [Certificate], status: [UInt8]
    ) {
        self.body = body
        self.signature = signature
        self.token = token
        self.signer = signer
        self.chain = chain
        self.status = status
    }

    /// One JSON object, bytes in Base64: what HTTP answers and what one file can hold.
    package var json: CanonicalJSON {
        func base64(_ bytes: [UInt8]) -> CanonicalJSON { .string(Base64.encode(bytes)) }
        return [
            "format": .string(Self.format), "body": base64(body), "signature": base64(signature),
            "token": base64(token), "signer": base64(signer.der), "chain": .array(chain.map { base64($0.der) }),
            "status": base64(status),
        ]
    }

    /// From outside; nothing is checked yet but the form.
    /// - Throws: `certificate-authority.malformed-answer`.
    package init(bytes: [UInt8]) throws(Refusal) {
        func malformed(_ detail: String) -> Refusal {
            Refusal(LongTermEvidenceRefusal.malformedAnswer, detail: detail)
        }
        let json: CanonicalJSON
        do { json = try CanonicalJSON(parsing: bytes, limit: 1 << 24) } catch { throw malformed("\(error)") }
        func member(_ name: String) throws(Refusal) -> [UInt8] {
            guard let bytes = json[name]?.string.flatMap({ Base64.decode($0) }) else { throw malformed(name) }
            return bytes
        }
        guard json["format"]?.string == Self.format, let links = json["chain"]?.array, links.count <= 16 else {
            throw malformed("format")
        }
        var chain: [Certificate] = []
        for link in links {
            guard let der = link.string.flatMap({ Base64.decode($0) }) else { throw malformed("chain") }
            chain.append(try Certificate(der: der))
        }
        self.init(
            body: try member("body"), signature: try member("signature"), token: try member("token"),
            signer: try Certificate(der: member("signer")), chain: chain, status: try member("status"))
    }

    /// When the time stamp says that the signature was there.
    package func time() throws(Refusal) -> Instant { try TimeStampToken(der: token).info.time }

    /// What a verifier has to trust.
    package struct Trust: Sendable {
        /// The roots, from elsewhere.
        package var anchors: [Certificate]
        /// The policy that marks the authority's own signing certificates: no holder's certificate has it.
        package var servicePolicy: OID

        package init(anchors: [Certificate], servicePolicy: OID) {
            self.anchors = anchors
            self.servicePolicy = servicePolicy
        }

        /// From the certificate to one of the roots as it held at that moment; empty where there is no way.
        func path(of certificate: Certificate, among others: [Certificate], at instant: Instant) -> [Certificate] {
            let intermediates = others.filter { !$0.isSelfIssued }
            let verdict = ChainValidation.validate(
                certificate, intermediates: intermediates, anchors: anchors, at: instant)
            guard case .valid(let path) = verdict else { return [] }
            return path
        }

        /// The same trust in one authority alone: in the root that a certificate of its leads to, and in the roots of
        /// its other families, which name the same organisation. So no authority speaks for another.
        func inAuthority(
            of certificate: Certificate, among others: [Certificate], at instant: Instant
        ) -> Trust {
            let root = path(of: certificate, among: others, at: instant).last
            let organization = root?.subject.value(of: .organizationName)
            let own = anchors.filter {
                $0 == root
                    || organization != nil && $0.subject.value(of: .organizationName) == organization
                        && $0.subject.value(of: .countryName) == root?.subject.value(of: .countryName)
            }
            return Trust(anchors: own, servicePolicy: servicePolicy)
        }

        func isTrusted(_ certificate: Certificate, among others: [Certificate], at instant: Instant) -> Bool {
            !path(of: certificate, among: others, at: instant).isEmpty
        }
    }

    /// Checks everything offline: token, its authority's path, signature, signer's path, purpose and status.
    /// - Returns: when it was signed.
    /// - Throws: `certificate-authority.answer-unproved` with what does not hold.
    @discardableResult
    package func verify(_ trust: Trust) throws(Refusal) -> Instant {
        func unproved(_ what: String) -> Refusal {
            Refusal(LongTermEvidenceRefusal.answerUnproved, detail: what, facts: ["what": what])
        }
        let stamp = try TimeStampToken(der: token)
        let stamper: Certificate
        do throws(Refusal) { stamper = try stamp.verify(over: signature, among: chain) } catch {
            throw unproved("the time stamp: \(error.detail)")
        }
        let time = stamp.info.time
        func isTrusted(_ certificate: Certificate) -> Bool {
            trust.isTrusted(certificate, among: chain + stamp.signedData.certificates, at: time)
        }
        guard isTrusted(stamper) else { throw unproved("the time stamp authority's path") }
        guard signer.publicKey.verifies(signature, over: body) else { throw unproved("the signature") }
        guard isTrusted(signer) else { throw unproved("the signer's path") }
        if let defect = SignerPurpose.serviceSigning.defect(of: signer) { throw unproved("the signer: \(defect)") }
        guard signer.facts.certificatePolicies.contains(trust.servicePolicy) else {
            throw unproved("the signer is not the authority's own key for statements")
        }
        guard let issuer = (chain + trust.anchors).issuer(of: signer) else {
            throw unproved("the signer's issuer")
        }
        let response: OCSPSingleResponse
        do throws(Refusal) {
            // The answer about the signer may have been signed a moment before or after the statement.
            let answer = try OCSPResponse(der: status)
            let moment = max(time, answer.basic?.responses.first?.thisUpdate ?? time)
            guard moment.seconds(since: time) <= 60 else { throw unproved("the signer's status is of another time") }
            response = try answer.verifiedStatus(
                of: OCSPCertID(issuer: issuer, serialNumber: signer.serialNumber, digest: .sha256), issuer: issuer,
                at: moment)
        } catch { throw unproved("the signer's status: \(error.detail)") }
        guard case .good = response.status else { throw unproved("the signer was not good") }
        return time
    }
}
