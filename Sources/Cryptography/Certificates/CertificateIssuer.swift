extension Sequence where Element == Certificate {
    /// The one among these that signed the certificate; `nil` if none did.
    ///
    /// A name is anybody's to take: whoever judges by an issuer (its OCSP answers, its lists, its own history) judges
    /// by the one whose key made the signature, wherever in the crowd it stands.
    package func issuer(of certificate: Certificate) -> Certificate? {
        first { $0.subject == certificate.issuer && certificate.isSigned(by: $0.publicKey) }
    }
}
