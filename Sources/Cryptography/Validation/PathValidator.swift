internal import COpenSSL
internal import Groundwork

/// The owner of one X509, complete with its SM2 identifier before anybody sees it.
final class X509Handle {
    let pointer: OpaquePointer
    /// As it came.
    let der: [UInt8]

    init(der: [UInt8]) throws(OpenSSLFailure) {
        let pointer = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            return d2i_X509(nil, &position, buffer.count)
        }
        guard let pointer else { throw OpenSSLFailure(in: "d2i_X509") }
        self.pointer = pointer
        self.der = der
        // Only where the signature is SM2's: elsewhere an identifier breaks verification.
        guard X509_get_signature_nid(pointer) == NID_SM2_with_SM3 else { return }
        guard let identifier = ASN1_OCTET_STRING_new() else { throw OpenSSLFailure(in: "ASN1_OCTET_STRING_new") }
        let bytes = KeyHandle.sm2Identifier
        guard ASN1_OCTET_STRING_set(identifier, bytes, Int32(bytes.count)) == 1 else {
            ASN1_OCTET_STRING_free(identifier)
            throw OpenSSLFailure(in: "ASN1_OCTET_STRING_set")
        }
        X509_set0_distinguishing_id(pointer, identifier)
    }

    deinit { X509_free(pointer) }
}

/// One run of X509_verify_cert over handles that no other thread sees.
struct PathRun {
    let leaf: X509Handle
    let intermediates: [X509Handle]
    let anchors: [X509Handle]
    let lists: [CRLHandle]

    /// - Parameter set: what is asked of the path; `false` where the library could not take it.
    func run(
        _ set: (_ context: OpaquePointer) -> Bool
    ) throws(OpenSSLFailure) -> Result<[[UInt8]], ChainFault> {
        guard let store = X509_STORE_new() else { throw OpenSSLFailure(in: "X509_STORE_new") }
        defer { X509_STORE_free(store) }
        for anchor in anchors {
            guard X509_STORE_add_cert(store, anchor.pointer) == 1 else {
                throw OpenSSLFailure(in: "X509_STORE_add_cert")
            }
        }
        guard let untrusted = COpenSSL_X509_stack_new(), let known = COpenSSL_X509_CRL_stack_new() else {
            throw OpenSSLFailure(in: "sk_new_null")
        }
        defer {
            COpenSSL_X509_stack_free(untrusted)
            COpenSSL_X509_CRL_stack_free(known)
        }
        for each in intermediates {
            guard COpenSSL_X509_stack_push(untrusted, each.pointer) > 0 else {
                throw OpenSSLFailure(in: "sk_X509_push")
            }
        }
        for each in lists {
            guard COpenSSL_X509_CRL_stack_push(known, each.pointer) > 0 else {
                throw OpenSSLFailure(in: "sk_X509_CRL_push")
            }
        }
        guard let context = X509_STORE_CTX_new() else { throw OpenSSLFailure(in: "X509_STORE_CTX_new") }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, untrusted) == 1, set(context) else {
            throw OpenSSLFailure(in: "X509_STORE_CTX_init")
        }
        if !lists.isEmpty {
            X509_STORE_CTX_set0_crls(context, known)
            X509_STORE_CTX_set_verify_cb(context) { CRLHandle.judge($0, $1) }
        }
        let verdict = X509_verify_cert(context)
        clearOpenSSLErrors()
        guard verdict == 1 else { return .failure(PathRun.fault(context)) }
        return .success(path(context))
    }

    private static func fault(_ context: OpaquePointer) -> ChainFault {
        let code = X509_STORE_CTX_get_error(context)
        let cause: ChainFault.Cause =
            switch code {
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                .noIssuer
            case X509_V_ERR_CERT_SIGNATURE_FAILURE: .signature
            case X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED: .notAuthority
            default: .other
            }
        return ChainFault(
            cause: cause, depth: Int(X509_STORE_CTX_get_error_depth(context)), code: Int(code),
            text: String(cString: X509_verify_cert_error_string(Int(code))))
    }

    /// The path in our own terms: each member is one of the handles that we put in.
    private func path(_ context: OpaquePointer) -> [[UInt8]] {
        guard let chain = X509_STORE_CTX_get0_chain(context) else { return [] }
        let handles = [leaf] + intermediates + anchors
        return (0..<COpenSSL_X509_stack_count(chain)).compactMap { index in
            let pointer = COpenSSL_X509_stack_value(chain, index)
            return handles.first { $0.pointer == pointer }?.der
                ?? handles.first { X509_cmp($0.pointer, pointer) == 0 }?.der
        }
    }
}

/// Path validation over certificates that this room has read.
struct PathValidator {
    private let run: PathRun
    private let certificates: [Certificate]

    /// 112 bits: SHA-1 and RSA below 2048 bits are refused on every path.
    static let securityLevel: Int32 = 2

    init(leaf: Certificate, intermediates: [Certificate], anchors: [Certificate]) throws(OpenSSLFailure) {
        clearOpenSSLErrors()
        certificates = [leaf] + intermediates + anchors
        run = PathRun(
            leaf: try X509Handle(der: leaf.der),
            intermediates: try intermediates.map { certificate throws(OpenSSLFailure) in
                try X509Handle(der: certificate.der)
            },
            anchors: try anchors.map { certificate throws(OpenSSLFailure) in try X509Handle(der: certificate.der) },
            lists: [])
    }

    func validate(at instant: Instant, strict: Bool) throws(OpenSSLFailure) -> ChainVerdict {
        let verdict = try run.run { context in
            X509_STORE_CTX_set_time(context, 0, time_t(instant.seconds))
            guard strict else { return true }
            X509_STORE_CTX_set_flags(context, UInt(X509_V_FLAG_X509_STRICT))
            X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context), PathValidator.securityLevel)
            return true
        }
        switch verdict {
        case .failure(let fault): return .invalid(fault)
        case .success(let path): return .valid(path.compactMap { der in certificates.first { $0.der == der } })
        }
    }
}
