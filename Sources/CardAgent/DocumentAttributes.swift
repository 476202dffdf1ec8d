internal import AgentProtocol
internal import Cryptography
internal import Groundwork

/// The signed attributes of a document's signature (RFC 5652, 5.3), parsed in full before a signature key signs them.
///
/// Allowed are contentType, messageDigest, signingCertificateV2 (RFC 5035, which must name the signing certificate) and
/// CMSAlgorithmProtection; anything else is refused, so that nothing else can be dressed as a document.
enum DocumentAttributes {
    private static let contentType: OID = "1.2.840.113549.1.9.3"
    private static let messageDigest: OID = "1.2.840.113549.1.9.4"
    private static let signingCertificateV2: OID = "1.2.840.113549.1.9.16.2.47"
    private static let algorithmProtection: OID = "1.2.840.113549.1.9.52"
    private static let sizeLimit = 8192

    static func check(_ attributes: [UInt8], certificate: Certificate) throws(Refusal) {
        let found: [OID: [UInt8]]
        do throws(DERFault) { found = try parse(attributes) } catch {
            throw Refusal(AgentProtocolRefusal.malformedAttributes, detail: "\(error)")
        }
        let allowed: Set<OID> = [contentType, messageDigest, signingCertificateV2, algorithmProtection]
        guard Set(found.keys).isSubset(of: allowed), found[contentType] != nil, found[messageDigest] != nil,
            let named = found[signingCertificateV2]
        else {
            throw Refusal(AgentProtocolRefusal.malformedAttributes, detail: "an attribute is missing or not allowed")
        }
        let hashes = [DigestAlgorithm.sha256, .sm3].map { DER.octetString($0.hash(certificate.der)) }
        guard hashes.contains(where: { contains(named, $0) }) else {
            throw Refusal(AgentProtocolRefusal.malformedAttributes, detail: "another certificate is named")
        }
    }

    private static func parse(_ attributes: [UInt8]) throws(DERFault) -> [OID: [UInt8]] {
        var found: [OID: [UInt8]] = [:]
        for attribute in try DERElement(parsing: attributes, limit: sizeLimit).list(0x31, limit: 8) {
            let (type, values) = try attribute.sequence { members throws(DERFault) in
                (try members.required().oid(), try members.required().list(0x31, limit: 1))
            }
            guard let value = values.first, found.updateValue(value.encoded, forKey: type) == nil else {
                throw .malformed("an attribute that is empty or repeated")
            }
        }
        return found
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }
}
