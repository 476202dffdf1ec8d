internal import COpenSSL
package import Groundwork

/// A relying party's question about a path, with every input of RFC 5280, 6.1.1 and the CRLs of 6.3.
///
/// What comes from elsewhere is taken as DER and read by OpenSSL alone, so that certificates of other authorities that
/// are wider than our own profile can be judged too.
package struct PathQuestion: Sendable {
    package var certificate: [UInt8]
    package var intermediates: [[UInt8]]
    package var anchors: [[UInt8]]
    /// Complete CRLs and deltas; every certificate of the path but the anchor needs a current one where any is given
    /// or ``requiresCRLs`` says so.
    package var crls: [[UInt8]] = []
    package var requiresCRLs = false
    package var instant: Instant
    /// user-initial-policy-set; empty is any-policy.
    package var policies: [OID] = []
    package var requiresExplicitPolicy = false
    package var inhibitsPolicyMapping = false
    package var inhibitsAnyPolicy = false

    package init(certificate: [UInt8], intermediates: [[UInt8]], anchors: [[UInt8]], at instant: Instant) {
        self.certificate = certificate
        self.intermediates = intermediates
        self.anchors = anchors
        self.instant = instant
    }

    /// The verdict: the path as DER from the leaf to the anchor, or the first fault. Security level 2 (112 bits:
    /// RSA-2048 and SHA-256 or better) holds for every certificate but the anchor's own signature.
    package func answer() -> Result<[[UInt8]], ChainFault> {
        do throws(OpenSSLFailure) { return try verify() } catch {
            return .failure(ChainFault(cause: .other, depth: 0, code: -1, text: error.detail))
        }
    }

    private func verify() throws(OpenSSLFailure) -> Result<[[UInt8]], ChainFault> {
        clearOpenSSLErrors()
        let leaf = try X509Handle(der: certificate)
        let others = try intermediates.map { der throws(OpenSSLFailure) in try X509Handle(der: der) }
        let roots = try anchors.map { der throws(OpenSSLFailure) in try X509Handle(der: der) }
        let lists = try crls.map { der throws(OpenSSLFailure) in try CRLHandle(der: der) }
        return try PathRun(leaf: leaf, intermediates: others, anchors: roots, lists: lists).run { context in
            X509_STORE_CTX_set_time(context, 0, time_t(instant.seconds))
            let parameters = X509_STORE_CTX_get0_param(context)
            X509_VERIFY_PARAM_set_auth_level(parameters, PathValidator.securityLevel)
            var flags = X509_V_FLAG_POLICY_CHECK
            if requiresExplicitPolicy { flags |= X509_V_FLAG_EXPLICIT_POLICY }
            if inhibitsPolicyMapping { flags |= X509_V_FLAG_INHIBIT_MAP }
            if inhibitsAnyPolicy { flags |= X509_V_FLAG_INHIBIT_ANY }
            if requiresCRLs || !crls.isEmpty {
                flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT
                flags |= X509_V_FLAG_USE_DELTAS
            }
            guard X509_VERIFY_PARAM_set_flags(parameters, UInt(flags)) == 1 else { return false }
            for policy in policies.isEmpty ? [.anyPolicy] : policies {
                guard let object = OBJ_txt2obj(policy.description, 1) else { return false }
                guard X509_VERIFY_PARAM_add0_policy(parameters, object) == 1 else {
                    ASN1_OBJECT_free(object)
                    return false
                }
            }
            return true
        }
    }
}

/// The owner of one X509_CRL.
final class CRLHandle {
    let pointer: OpaquePointer

    init(der: [UInt8]) throws(OpenSSLFailure) {
        let pointer = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            return d2i_X509_CRL(nil, &position, buffer.count)
        }
        guard let pointer else { throw OpenSSLFailure(in: "d2i_X509_CRL") }
        self.pointer = pointer
    }

    deinit { X509_CRL_free(pointer) }

    /// X509_verify_cert's callback. OpenSSL 3.0 has no way to give a CRL the signer's identifier of SM2, so it finds
    /// every such signature wrong; that one verdict is put right where our own verification, by a certificate of the
    /// path with the CRL's issuer's name, says that it holds.
    static func judge(_ verdict: Int32, _ context: OpaquePointer?) -> Int32 {
        guard verdict == 0, X509_STORE_CTX_get_error(context) == X509_V_ERR_CRL_SIGNATURE_FAILURE,
            let list = X509_STORE_CTX_get0_current_crl(context), X509_CRL_get_signature_nid(list) == NID_SM2_with_SM3,
            let der = encoding({ i2d_X509_CRL(list, $0) }),
            let parsed = (try? CertificateList(der: der)) ?? (try? CertificateList(der: der, kind: .delta)),
            let chain = X509_STORE_CTX_get0_chain(context)
        else { return verdict }
        for index in 0..<COpenSSL_X509_stack_count(chain) {
            let pointer = COpenSSL_X509_stack_value(chain, index)
            guard let der = encoding({ i2d_X509(pointer, $0) }), let issuer = try? Certificate(der: der),
                issuer.subject == parsed.issuer, parsed.isSigned(by: issuer.publicKey)
            else { continue }
            X509_STORE_CTX_set_error(context, X509_V_OK)
            return 1
        }
        return verdict
    }

    private static func encoding(
        _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) -> [UInt8]? {
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = write(&pointer)
        guard count > 0, let pointer else { return nil }
        defer { COpenSSL_free(pointer) }
        return Array(UnsafeBufferPointer(start: pointer, count: Int(count)))
    }
}
