package import Groundwork

/// TSTInfo (RFC 3161, 2.4.2): what a time stamp says.
package struct TimeStampInfo: Sendable {
    package var policy: OID
    package var imprint: MessageImprint
    package var serialNumber: SerialNumber
    package var time: Instant
    /// How far the true time may be from `time`, either way; `nil`: nothing is said.
    package var accuracyMilliseconds: Int?
    /// The content of the INTEGER.
    package var nonce: [UInt8]?

    package init(
        policy: OID, imprint: MessageImprint, serialNumber: SerialNumber, time: Instant,
        accuracyMilliseconds: Int? = nil,
        nonce: [UInt8]? = nil
    ) {
        self.policy = policy
        self.imprint = imprint
        self.serialNumber = serialNumber
        self.time = time
        self.accuracyMilliseconds = accuracyMilliseconds
        self.nonce = nonce
    }

    /// Whole seconds, without ordering.
    package var der: [UInt8] {
        DER.sequence([
            DER.integer(1), policy.der, imprint.der, serialNumber.der, DER.generalizedTime(time),
            accuracyMilliseconds.map(Self.accuracy) ?? [],
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
                accuracy = try Self.accuracy(element)
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
                policy: policy, imprint: imprint, serialNumber: serial, time: time, accuracyMilliseconds: accuracy,
                nonce: nonce.map { Array($0) })
        }
    }

    /// Accuracy: whole seconds, and milliseconds from 1 to 999; a member that is 0 is left out.
    private static func accuracy(_ milliseconds: Int) -> [UInt8] {
        let (seconds, rest) = max(0, milliseconds).quotientAndRemainder(dividingBy: 1000)
        return DER.sequence([
            seconds > 0 ? DER.integer(seconds) : [], rest > 0 ? DER.retagged(DER.integer(rest), 0x80) : [],
        ])
    }

    /// Microseconds are rounded up.
    private static func accuracy(_ element: DERElement) throws(DERFault) -> Int {
        var parts = try element.members()
        let seconds = try parts.optional(0x02)?.integer() ?? 0
        let milliseconds = try parts.optional(0x80).map(small) ?? 0
        let microseconds = try parts.optional(0x81).map(small) ?? 0
        guard (0...1_000_000_000).contains(seconds) else { throw .malformed("accuracy") }
        return seconds * 1000 + milliseconds + (microseconds > 0 ? 1 : 0)
    }

    /// 1 to 999, implicitly tagged.
    private static func small(_ element: DERElement) throws(DERFault) -> Int {
        let value = element.content.reduce(0) { $0 << 8 | Int($1) }
        guard (1...2).contains(element.content.count), (1...999).contains(value) else { throw .malformed("accuracy") }
        return value
    }
}
