import Cryptography
package import Groundwork

/// What a seal says about itself and its maker signs (GB/T 38540-2020, 6.1.2):
///
///     SES_SealInfo ::= SEQUENCE {
///         header   SES_Header,             -- SEQUENCE { id IA5String "ES", version INTEGER 4, vid IA5String }
///         esID     IA5String,
///         property SES_ESPropertyInfo,
///         picture  SES_ESPictrueInfo,      -- SEQUENCE { type IA5String, data OCTET STRING, width, height INTEGER mm }
///         extDatas ExtensionDatas OPTIONAL }
///
///     SES_ESPropertyInfo ::= SEQUENCE {
///         type INTEGER, name UTF8String, certListType INTEGER, certList SES_CertList,
///         createDate, validStart, validEnd GeneralizedTime }
package struct SealInformation: Hashable, Sendable {
    package var version: Int
    package var vendor: String
    package var esID: String
    package var propertyType: Int
    package var name: String
    package var certificates: CertificateBinding
    package var createdAt: Instant
    package var validFrom: Instant
    package var validUntil: Instant
    package var picture: Picture

    package struct Picture: Hashable, Sendable {
        /// `PNG`, `OFD`, `SVG` … : no registered list.
        package var type: String
        package var data: [UInt8]
        package var widthMillimetres: Int
        package var heightMillimetres: Int

        package init(type: String, data: [UInt8], widthMillimetres: Int, heightMillimetres: Int) {
            self.type = type
            self.data = data
            self.widthMillimetres = widthMillimetres
            self.heightMillimetres = heightMillimetres
        }
    }

    /// SES_CertList: the certificates whose keys may use the seal, whole (certListType 1) or by digest (2).
    package enum CertificateBinding: Hashable, Sendable {
        case certificates([[UInt8]])
        case digests([Digest])

        package struct Digest: Hashable, Sendable {
            /// The digest's name or object identifier as the maker wrote it.
            package var type: String
            package var value: [UInt8]
        }

        /// Whether this certificate may use the seal. Digests are tried plain: over the certificate's DER.
        package func names(_ certificate: [UInt8]) -> Bool {
            switch self {
            case .certificates(let list): list.contains(certificate)
            case .digests(let list):
                list.contains { digest in
                    [DigestAlgorithm.sm3, .sha256].contains { $0.hash(certificate) == digest.value }
                }
            }
        }
    }

    package init(
        version: Int = 4, vendor: String, esID: String, propertyType: Int, name: String,
        certificates: CertificateBinding, createdAt: Instant, validFrom: Instant, validUntil: Instant, picture: Picture
    ) {
        self.version = version
        self.vendor = vendor
        self.esID = esID
        self.propertyType = propertyType
        self.name = name
        self.certificates = certificates
        self.createdAt = createdAt
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.picture = picture
    }

    /// DER(eSealInfo): what the seal maker's key signs.
    package var der: [UInt8] {
        DER.sequence([
            DER.sequence([DER.ia5String("ES"), DER.integer(version), DER.ia5String(vendor)]),
            DER.ia5String(esID), property,
            DER.sequence([
                DER.ia5String(picture.type), DER.octetString(picture.data), DER.integer(picture.widthMillimetres),
                DER.integer(picture.heightMillimetres),
            ]),
        ])
    }

    private var property: [UInt8] {
        let list: (type: Int, encoded: [UInt8]) =
            switch certificates {
            case .certificates(let certificates): (1, DER.sequence(certificates.map { DER.octetString($0) }))
            case .digests(let digests):
                (
                    2,
                    DER.sequence(
                        digests.map {
                            DER.sequence([DER.printableString($0.type), DER.octetString($0.value)])
                        })
                )
            }
        return DER.sequence([
            DER.integer(propertyType), DER.utf8String(name), DER.integer(list.type), list.encoded,
            DER.generalizedTime(createdAt), DER.generalizedTime(validFrom), DER.generalizedTime(validUntil),
        ])
    }
}

extension SealInformation {
    /// Reads SES_SealInfo from outside. `extDatas` is accepted bare and as `[0]`, for both are in the field.
    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { seal throws(DERFault) in
            let header = try seal.required().sequence { part throws(DERFault) in
                let identifier = try part.required()
                try identifier.expect(0x16)
                guard try identifier.ascii() == "ES" else { throw .malformed("header is not ES") }
                return (version: try part.required().integer(), vendor: try part.required().limitedText(64))
            }
            guard header.version == 4 else { throw .malformed("seal version \(header.version), expected 4") }
            let esID = try seal.required().limitedText(64)
            let property = try Property(try seal.required())
            let picture = try seal.required().sequence { part throws(DERFault) in
                Picture(
                    type: try part.required().limitedText(16), data: Array(try part.required().octetString()),
                    widthMillimetres: try part.required().integer(), heightMillimetres: try part.required().integer())
            }
            if let next = seal.nextIdentifier {
                guard next == 0x30 || next == 0xA0 else { throw .malformed("after the picture") }
                _ = seal.next()
            }
            return SealInformation(
                version: header.version, vendor: header.vendor, esID: esID, propertyType: property.type,
                name: property.name, certificates: property.certificates, createdAt: property.createdAt,
                validFrom: property.validFrom, validUntil: property.validUntil, picture: picture)
        }
    }

    private struct Property {
        var type: Int
        var name: String
        var certificates: CertificateBinding
        var createdAt: Instant
        var validFrom: Instant
        var validUntil: Instant

        init(_ element: DERElement) throws(DERFault) {
            self = try element.sequence { part throws(DERFault) in
                let type = try part.required().integer()
                let name = try part.required().limitedText(400)
                let listType = try part.required().integer()
                let list = try part.required().list(limit: 64)
                let binding: CertificateBinding
                switch listType {
                case 1:
                    var certificates: [[UInt8]] = []
                    for each in list { certificates.append(Array(try each.octetString())) }
                    binding = .certificates(certificates)
                case 2:
                    var digests: [CertificateBinding.Digest] = []
                    for each in list {
                        digests.append(
                            try each.sequence { digest throws(DERFault) in
                                CertificateBinding.Digest(
                                    type: try digest.required().limitedText(64),
                                    value: Array(try digest.required().octetString()))
                            })
                    }
                    binding = .digests(digests)
                default: throw .malformed("certListType \(listType)")
                }
                return Property(
                    type: type, name: name, certificates: binding, createdAt: try part.required().generalizedTime(),
                    validFrom: try part.required().generalizedTime(), validUntil: try part.required().generalizedTime())
            }
        }

        init(
            type: Int, name: String, certificates: CertificateBinding, createdAt: Instant, validFrom: Instant,
            validUntil: Instant
        ) {
            self.type = type
            self.name = name
            self.certificates = certificates
            self.createdAt = createdAt
            self.validFrom = validFrom
            self.validUntil = validUntil
        }
    }
}

extension DERElement {
    fileprivate func limitedText(_ limit: Int) throws(DERFault) -> String {
        guard let text = try text(), text.utf8.count <= limit else { throw .malformed("text") }
        return text
    }
}
