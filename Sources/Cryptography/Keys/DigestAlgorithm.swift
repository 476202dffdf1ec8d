internal import COpenSSL

/// A digest by its name in configuration.
package enum DigestAlgorithm: String, Codable, CaseIterable, Sendable {
    /// For CertIDs of OCSP and key identifiers alone, never for signatures.
    case sha1
    case sha256
    case sha384
    case sha512
    case sm3

    package var oid: OID {
        switch self {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        case .sm3: .sm3
        }
    }

    package init?(_ oid: OID) {
        guard let match = DigestAlgorithm.allCases.first(where: { $0.oid == oid }) else { return nil }
        self = match
    }

    package var length: Int {
        switch self {
        case .sha1: 20
        case .sha256, .sm3: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// AlgorithmIdentifier without parameters (RFC 5754, 2).
    package var identifier: [UInt8] { DER.sequence([oid.der]) }

    /// AlgorithmIdentifier with NULL parameters: what OCSP's CertID and RFC 3161's imprint have for SHA-1 and SHA-2 in
    /// the field; readers accept both (RFC 5754, 2).
    package var identifierWithNull: [UInt8] { DER.sequence([oid.der, DER.null]) }

    /// Reads an AlgorithmIdentifier with absent or NULL parameters.
    static func read(_ element: DERElement) throws(DERFault) -> DigestAlgorithm {
        let oid = try element.sequence { members throws(DERFault) in
            let oid = try members.required().oid()
            if let parameters = members.next() { try parameters.null() }
            return oid
        }
        guard let algorithm = DigestAlgorithm(oid) else { throw .unsupported("digest \(oid)") }
        return algorithm
    }

    package func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let result = bytes.withContiguousStorageIfAvailable { hash(contiguous: UnsafeRawBufferPointer($0)) }
        return result ?? Array(bytes).withUnsafeBytes { hash(contiguous: $0) }
    }

    private func hash(contiguous bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var written: UInt32 = 0
            // The method was fetched, the buffer has its length: nothing but a lack of memory is left to fail.
            guard EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &written, method.pointer, nil) == 1
            else { preconditionFailure("\(OpenSSLFailure(in: "EVP_Digest").detail)") }
            count = Int(written)
        }
    }

    var method: DigestMethod {
        switch self {
        case .sha1: .sha1
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        case .sm3: .sm3
        }
    }
}

/// A fetched EVP_MD: fetching once spares each operation the search through the providers.
final class DigestMethod: @unchecked Sendable {
    // Sendable: an EVP_MD is immutable once fetched, and its reference count is atomic.
    let pointer: OpaquePointer

    static let sha1 = DigestMethod("SHA1")
    static let sha256 = DigestMethod("SHA256")
    static let sha384 = DigestMethod("SHA384")
    static let sha512 = DigestMethod("SHA512")
    static let sm3 = DigestMethod("SM3")

    private init(_ name: String) {
        // The default provider of every OpenSSL 3 has these five. One that was set up without it can verify nothing,
        // and a program that goes on without digests would be worse than none: it ends at the first use, at start-up.
        guard let pointer = EVP_MD_fetch(nil, name, nil) else {
            preconditionFailure("this OpenSSL has no \(name)")
        }
        self.pointer = pointer
    }

    deinit { EVP_MD_free(pointer) }
}

/// A digest that is fed piece by piece: for documents that are not held in one array.
package final class RunningDigest {
    private let context: OpaquePointer
    package let algorithm: DigestAlgorithm

    package init(_ algorithm: DigestAlgorithm) {
        // A context of a fetched method: nothing but a lack of memory is left to fail, here and below.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, algorithm.method.pointer, nil) == 1 else {
            preconditionFailure("no memory for a digest")
        }
        self.context = context
        self.algorithm = algorithm
    }

    package func update(_ bytes: some Collection<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(contiguous: UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { update(contiguous: $0) } }
    }

    private func update(contiguous bytes: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            preconditionFailure("no memory for a digest")
        }
    }

    /// The digest of everything so far; the object keeps on from there.
    package func value() -> [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
        defer { EVP_MD_CTX_free(copy) }
        guard EVP_MD_CTX_copy_ex(copy, context) == 1 else { preconditionFailure("no memory for a digest") }
        return [UInt8](unsafeUninitializedCapacity: algorithm.length) { buffer, count in
            var written: UInt32 = 0
            guard EVP_DigestFinal_ex(copy, buffer.baseAddress, &written) == 1 else {
                preconditionFailure("no memory for a digest")
            }
            count = Int(written)
        }
    }

    deinit { EVP_MD_CTX_free(context) }
}
