internal import Groundwork

extension OCSPResponse.Basic {
    init(der: [UInt8]) throws(Refusal) {
        let (parsed, elements) = try reading(.ocspResponse) { () throws(DERFault) in
            try Fields.read(DERElement(parsing: der, limit: 1 << 18))
        }
        var certificates: [Certificate] = []
        for element in elements { certificates.append(try Certificate(der: element.encoded)) }
        self.init(
            responder: parsed.responder, producedAt: parsed.producedAt, responses: parsed.responses,
            nonce: parsed.nonce, certificates: certificates, body: parsed.body,
            signatureAlgorithm: parsed.algorithm, signature: parsed.signature)
    }

    private struct Fields {
        var responder: OCSPResponse.Responder
        var producedAt: Instant
        var responses: [OCSPSingleResponse]
        var nonce: [UInt8]?
        var body: [UInt8]
        var algorithm: SignatureAlgorithm?
        var signature: [UInt8]

        static func read(_ element: DERElement) throws(DERFault) -> (Fields, [DERElement]) {
            try element.sequence { members throws(DERFault) in
                let body = try members.required()
                let algorithm = try AlgorithmIdentifier(members.required()).signature
                let signature = try members.required().bitStringBytes()
                let certificates = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
                    try inner.required().list(limit: 16)
                }
                let fields = try body.sequence { inner throws(DERFault) in
                    try Fields(&inner, body: body.encoded, algorithm: algorithm, signature: signature)
                }
                return (fields, certificates ?? [])
            }
        }

        private init(
            _ members: inout DERMembers, body: [UInt8], algorithm: SignatureAlgorithm?, signature: [UInt8]
        ) throws(DERFault) {
            self.body = body
            self.algorithm = algorithm
            self.signature = signature
            let responder = try members.required()
            self.responder = try responder.sequence(responder.identifier) { inner throws(DERFault) in
                switch responder.identifier {
                case 0xA1: .name(try DistinguishedName(inner.required()))
                case 0xA2: .key(Array(try inner.required().octetString()))
                default: throw .malformed("responderID")
                }
            }
            producedAt = try members.required().generalizedTime()
            responses = []
            for single in try members.required().list(limit: OCSPRequest.maximumCount) {
                responses.append(try OCSPSingleResponse(single))
            }
            guard let tagged = members.optional(0xA1) else { return }
            nonce = try OCSPNonce.read(
                try tagged.sequence(0xA1) { inner throws(DERFault) in
                    try CertificateExtension.readList(inner.required())
                })
        }
    }
}
