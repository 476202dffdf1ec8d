internal import COpenSSL
internal import Groundwork

extension KeyHandle {
    /// A public key on a named curve from its uncompressed point; refuses a point that is not on it.
    static func publicKey(point: [UInt8], family: AlgorithmFamily) -> KeyHandle? {
        guard let names = family.evpNames else { return nil }
        return COpenSSL_curve_public_key(names.type, names.group, point, point.count)
            .map(KeyHandle.init(takingOwnershipOf:))
    }

    static func publicKey(modulus: [UInt8], exponent: [UInt8]) -> KeyHandle? {
        COpenSSL_RSA_public_key(modulus, modulus.count, exponent, exponent.count)
            .map(KeyHandle.init(takingOwnershipOf:))
    }

    /// Any other key that OpenSSL reads: a vendor's P-384 root, for one. Slow.
    static func publicKey(spki: [UInt8]) -> KeyHandle? {
        let key = spki.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let key = d2i_PUBKEY(nil, &position, buffer.count) else { return nil }
            guard position == buffer.baseAddress! + buffer.count else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        return key.map(KeyHandle.init(takingOwnershipOf:))
    }

    static func generate(_ family: AlgorithmFamily) -> KeyHandle? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, family.evpNames?.type ?? "RSA", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { return nil }
        if let names = family.evpNames {
            guard EVP_PKEY_CTX_set_group_name(context, names.group) == 1 else { return nil }
        } else {
            guard EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) == 1 else { return nil }
        }
        var key: OpaquePointer?
        guard EVP_PKEY_generate(context, &key) == 1, let key else { return nil }
        return KeyHandle(takingOwnershipOf: key)
    }

    /// The public half of a key pair in the terms of ``PublicKey``.
    func publicKey() throws(Refusal) -> PublicKey {
        let type = withPointer { EVP_PKEY_get0_type_name($0).map { String(cString: $0) } }
        switch type {
        case "EC", "SM2": return try PublicKey(ecPoint: point(), family: type == "SM2" ? .sm2 : .p256)
        case "RSA":
            return try PublicKey(
                rsaModulus: number(OSSL_PKEY_PARAM_RSA_N), exponent: number(OSSL_PKEY_PARAM_RSA_E))
        default: throw .cryptography(.unsupportedAlgorithm, .privateKey, type ?? "unknown")
        }
    }

    private func point() throws(Refusal) -> [UInt8] {
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = withPointer { EVP_PKEY_get1_encoded_public_key($0, &pointer) }
        guard count > 0, let pointer else { throw .failure(in: "EVP_PKEY_get1_encoded_public_key") }
        defer { COpenSSL_free(pointer) }
        return Array(UnsafeBufferPointer(start: pointer, count: count))
    }

    private func number(_ name: String) throws(Refusal) -> [UInt8] {
        var number: OpaquePointer?
        guard withPointer({ EVP_PKEY_get_bn_param($0, name, &number) }) == 1, let number else {
            throw .failure(in: "EVP_PKEY_get_bn_param")
        }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }
}

extension AlgorithmFamily {
    /// OpenSSL's names of the key type and the group; `nil` for RSA.
    fileprivate var evpNames: (type: String, group: String)? {
        switch self {
        case .sm2: ("SM2", "SM2")
        case .p256: ("EC", "prime256v1")
        case .rsa2048: nil
        }
    }
}
