package import Groundwork

/// TSTInfo (RFC 3161, 2.4.2): what a time stamp says.
package struct TimeStampInfo: Sendable {
    package var policy: OID
    package var imprint: MessageImprint
    package var serialNumber: SerialNumber
    package var time: Instant
    package var accuracySeconds: Int?
    /// The content of the INTEGER.
    package var nonce: [UInt8]?

    package init(
        policy: OID, imprint: MessageImprint, serialNumber: SerialNumber, time: Instant, accuracySeconds: Int? = nil,
        nonce: [UInt8]? = nil
    ) {
        self.policy = policy
        self.imprint = imprint
        self.serialNumber = serialNumber
        self.time = time
        self.accuracySeconds = accuracySeconds
        self.nonce = nonce
    }

    /// Whole seconds, without ordering.
    package var der: [UInt8] {
        DER.sequence([
            DER.integer(1), policy.der, imprint.der, serialNumber.der, DER.generalizedTime(time),
            accuracySeconds.map { DER.sequence([DER.integer($0)]) } ?? [],
            nonce.map { DER.element(0x02, $0) } ?? [],
        ])
    }

    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { members throws(DERFault) in
            guard try members.required().integer() == 1 else { throw .malformed("version") }
            let policy = try members.required().oid()
            let imprint = try MessageImprint(members.required())
            let serial = try SerialNumber(members.required())
            let time = try members.required().generalizedTime(fraction: true)
            var accuracy: Int?
            if let element = members.optional(0x30) {
                var parts = try element.members()
                accuracy = try parts.optional(0x02)?.integer()
            }
            guard try members.optional(0x01)?.boolean() != false else { throw .malformed("DEFAULT FALSE is written") }
            let nonce = try members.optional(0x02)?.integerContent()
            _ = members.optional(0xA0)
            if let tagged = members.optional(0xA1) {
                var extensions = try tagged.members(0xA1)
                while let each = extensions.next() {
                    guard try !CertificateExtension(each).critical else { throw .unsupported("critical extension") }
                }
            }
            return TimeStampInfo(
                policy: policy, imprint: imprint, serialNumber: serial, time: time, accuracySeconds: accuracy,
                nonce: nonce.map { Array($0) })
        }
    }
}
