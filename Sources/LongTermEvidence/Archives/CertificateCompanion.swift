package import CertificateRecords
package import Groundwork
package import Storage

/// What another room keeps about a certificate: it goes into the certificate's archive, and goes with its record.
///
/// So an archive holds everything about a certificate (电子签名法, art. 24), and nothing about it is left behind when its
/// time is over.
package struct CertificateCompanion: Sendable {
    /// The name of its file in the archive, and of its line in `Policies/retention.yaml`.
    package let kind: String
    package let lines: @Sendable (CertificateRecord, any ReadTransaction) throws -> [CanonicalJSON]
    package let remove: (@Sendable (CertificateRecord, any Transaction) throws -> Void)?

    /// - Parameters:
    ///   - lines: what there is about the certificate.
    ///   - remove: lets it go in the transaction that takes the certificate's own record; `nil` for what has a rule of
    ///     its own.
    package init(
        kind: String, lines: @escaping @Sendable (CertificateRecord, any ReadTransaction) throws -> [CanonicalJSON],
        remove: (@Sendable (CertificateRecord, any Transaction) throws -> Void)? = nil
    ) {
        self.kind = kind
        self.lines = lines
        self.remove = remove
    }

    /// Whether it goes with the certificate.
    package var goesAlong: Bool { remove != nil }
}
