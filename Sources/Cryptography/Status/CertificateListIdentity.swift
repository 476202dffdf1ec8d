/// What a TBSCertList (RFC 5280, 5.1.2) calls itself, its entries unread.
package struct CertificateListIdentity: Sendable, Hashable {
    /// The CRL number (5.2.3).
    package let number: Int
    /// Whether it is a delta (5.2.4).
    package let isDelta: Bool
    /// DER of the issuing distribution point's value (5.2.5); `nil` where there is none.
    package let issuingDistributionPoint: [UInt8]?

    /// - Parameter body: at most 64 MiB of DER.
    /// - Returns: `nil` for what is no list, or has no number.
    package init?(signed body: [UInt8]) {
        guard let list = try? DERElement(parsing: body, limit: 1 << 26), var members = try? list.members() else {
            return nil
        }
        // The extensions are last.
        var last: DERElement?
        while let next = members.next() { last = next }
        guard let last, last.identifier == 0xA0, let extensions = try? CertificateListIdentity.extensions(last) else {
            return nil
        }
        func value(_ oid: OID) -> [UInt8]? { extensions.first { $0.oid == oid }.map { Array($0.value) } }
        guard let stated = value(.crlNumber),
            let number = try? DERElement(parsing: stated, limit: 32).integer(), number >= 0
        else { return nil }
        self.number = number
        isDelta = value(.deltaCRLIndicator) != nil
        issuingDistributionPoint = value(.issuingDistributionPoint)
    }

    private static func extensions(_ tagged: DERElement) throws(DERFault) -> [CertificateExtension] {
        try tagged.sequence(0xA0) { inner throws(DERFault) in try CertificateExtension.readList(inner.required()) }
    }
}
