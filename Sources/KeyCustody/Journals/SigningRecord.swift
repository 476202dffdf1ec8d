package import Cryptography
package import Groundwork
internal import Officers

/// Something that an issuer's key was about to sign: one line of its journal.
package struct SigningRecord: Sendable, Hashable {
    /// Read from the message itself, not from what a caller says that it is. The letters are stored.
    package enum Kind: String, Sendable, CaseIterable {
        /// A TBSCertificate with a serial number of this authority's form.
        case certificate = "C"
        /// A TBSCertList (RFC 5280, 5.1.2).
        case list = "L"
        /// A CertificationRequestInfo (RFC 2986, 4.1): the key asks for its own certificate.
        case request = "Q"
        /// A statement that reopens the bootstrap (`BootstrapStatement`): a root's key alone signs one.
        case statement = "B"
        /// Anything else. An issuer's key has no business with it.
        case other = "O"
    }

    package let kind: Kind
    /// Of a certificate.
    package let serial: SerialNumber?
    /// Of a list; `nil` in lines that were written before lists had their number there.
    package let list: SignedListName?
    /// SHA-256 of the signed message.
    package let digest: [UInt8]
    package let at: Instant

    package init(
        kind: Kind, serial: SerialNumber?, list: SignedListName? = nil, digest: [UInt8], at: Instant
    ) {
        self.kind = kind
        self.serial = serial
        self.list = list
        self.digest = digest
        self.at = at
    }

    init(of message: [UInt8], digest: [UInt8], at moment: Instant) {
        let (kind, serial) = SigningRecord.form(of: message)
        let list = kind == .list ? SignedListName(signed: message) : nil
        self.init(kind: kind, serial: serial, list: list, digest: digest, at: moment)
    }

    /// What the first members say: `[0] version, serialNumber` begin a certificate, `version 1, AlgorithmIdentifier` a
    /// list, `version 0, Name` a request. A version 1 certificate says no version and begins as these do, with a serial
    /// number of 1 or 0; its fourth member is the validity, a list's is thisUpdate, a request's its attributes.
    private static func form(of message: [UInt8]) -> (Kind, SerialNumber?) {
        if message.starts(with: Array(BootstrapStatement.domainTag.utf8) + [0]) { return (.statement, nil) }
        guard let element = try? DERElement(parsing: message, limit: 1 << 26), var members = try? element.members(),
            let first = members.next(), let second = members.next()
        else { return (.other, nil) }
        switch (first.identifier, second.identifier) {
        case (0xA0, 0x02):
            guard let serial = SerialNumber(second.content) else { return (.other, nil) }
            return (.certificate, serial)
        case (0x02, 0x30):
            _ = members.next()
            switch (try? first.integer(), members.next()?.identifier) {
            case (1, 0x17?), (1, 0x18?): return (.list, nil)
            case (0, 0xA0?): return (.request, nil)
            default: return (.other, nil)
            }
        default: return (.other, nil)
        }
    }
}
