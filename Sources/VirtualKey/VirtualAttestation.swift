package import Cryptography
package import Groundwork
internal import PIV

/// The maker of virtual cards: a test root, and the key by which its cards attest (as Yubico's F9 does).
///
/// It proves nothing about hardware. A policy that accepts it is an evaluation's; its names say so.
package struct VirtualAttestation: Sendable {
    package let root: Certificate
    package let intermediate: Certificate
    private let intermediateKey: PrivateKey
    private let surroundings: Surroundings

    /// Yubico's extensions, which other makers took over: firmware version, serial number, PIN and touch policy.
    private static let firmware: OID = "1.3.6.1.4.1.41482.3.3"
    private static let serialNumber: OID = "1.3.6.1.4.1.41482.3.7"
    private static let policies: OID = "1.3.6.1.4.1.41482.3.8"

    package init(root: Certificate, intermediate: Certificate, key: PrivateKey, surroundings: Surroundings) {
        self.root = root
        self.intermediate = intermediate
        self.intermediateKey = key
        self.surroundings = surroundings
    }

    /// A new maker, P-256, valid for ten years from now. The root's private key is thrown away.
    package static func make(in surroundings: Surroundings) async throws -> VirtualAttestation {
        let rootKey = try PrivateKey.generate(.p256)
        let key = try PrivateKey.generate(.p256)
        let from = surroundings.now().truncatedToSecond
        let rootName = DistinguishedName.virtualMaker("Virtual Key Test Root (no hardware)")
        let name = DistinguishedName.virtualMaker("Virtual Key Attestation (no hardware)")
        func body(_ subject: DistinguishedName, _ subjectKey: PublicKey, pathLength: Int) -> CertificateBody {
            CertificateBody(
                serialNumber: SerialNumber.random(in: surroundings), signatureAlgorithm: .ecdsaWithSHA256,
                issuer: rootName,
                notBefore: from, notAfter: from.adding(days: 3_650), subject: subject, publicKey: subjectKey,
                extensions: [
                    .basicConstraints(.certificateAuthority(maxPathLength: pathLength)),
                    .keyUsage([.keyCertSign]), .subjectKeyIdentifier(subjectKey.keyIdentifier),
                    .authorityKeyIdentifier(rootKey.publicKey.keyIdentifier),
                ])
        }
        let root = try await body(rootName, rootKey.publicKey, pathLength: 1).signed(by: SoftwareSigner(rootKey))
        let intermediate = try await body(name, key.publicKey, pathLength: 0).signed(by: SoftwareSigner(rootKey))
        return VirtualAttestation(root: root, intermediate: intermediate, key: key, surroundings: surroundings)
    }

    /// The attestation of one generated key: its certificate's key is the key, its name says the place.
    func certificate(
        for key: PublicKey, place: Place, serial: UInt32, version: [UInt8], policies: [UInt8]
    ) throws -> [UInt8] {
        let body = CertificateBody(
            serialNumber: SerialNumber.random(in: surroundings), signatureAlgorithm: .ecdsaWithSHA256,
            issuer: intermediate.subject, notBefore: intermediate.notBefore, notAfter: intermediate.notAfter,
            subject: .virtualMaker("Virtual Key Attestation \(place.shown)"), publicKey: key,
            extensions: [
                CertificateExtension(oid: Self.firmware, critical: false, value: version),
                CertificateExtension(
                    oid: Self.serialNumber, critical: false, value: DER.integer(Int(serial))),
                CertificateExtension(oid: Self.policies, critical: false, value: policies),
            ])
        let tbs = body.der
        return try Certificate.assemble(
            body: tbs, algorithm: .ecdsaWithSHA256, signature: intermediateKey.sign(tbs)
        ).der
    }

    /// The file form: the three parts that a later process needs, the key in clear, for it protects nothing.
    package func encoded() throws -> CanonicalJSON {
        let key = try intermediateKey.plainPKCS8()
        return .object([
            "notice": "virtual keys: an evaluation tool, no hardware",
            "root": .string(Base64.encode(root.der)),
            "intermediate": .string(Base64.encode(intermediate.der)),
            "key": .string(Base64.encode(key.withBytes { Array($0) })),
        ])
    }

    /// - Throws: `Refusal` of the part that does not parse; `groundwork.malformed-text` if one is missing.
    package init(encoded: CanonicalJSON, surroundings: Surroundings) throws {
        func part(_ name: String) throws(Refusal) -> [UInt8] {
            guard let bytes = encoded[name]?.string.flatMap({ Base64.decode($0) }) else {
                throw Refusal(GroundworkRefusal.malformedText, facts: ["what": "virtual attestation, \(name)"])
            }
            return bytes
        }
        self.init(
            root: try Certificate(der: part("root")), intermediate: try Certificate(der: part("intermediate")),
            key: try PrivateKey(plainPKCS8: SecretBytes(copying: part("key"))), surroundings: surroundings)
    }
}

extension DistinguishedName {
    fileprivate static func virtualMaker(_ commonName: String) -> DistinguishedName {
        DistinguishedName([
            Attribute(.organizationName, "Virtual Key Evaluation"),
            Attribute(.commonName, commonName),
        ])
    }
}
