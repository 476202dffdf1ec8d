package import Cryptography

/// The unified social credit code that a certificate names, by its dedicated places alone: never by a pattern looked
/// for in a name.
package enum SubjectCode {
    /// OrganizationCode (1.2.156.10260.4.1.4, PrintableString, as Shanghai's keys carry it), else
    /// organizationIdentifier `NTRCN-<code>` (EN 319 412-1, 5.1.4).
    package static func of(_ certificate: Certificate) -> String? {
        if let field = certificate.value(of: .organizationCode),
            let element = try? DERElement(parsing: field.value, limit: 64), let code = try? element.text()
        {
            return code
        }
        guard let identifier = certificate.subject.value(of: .organizationIdentifier), identifier.hasPrefix("NTRCN-")
        else { return nil }
        return String(identifier.dropFirst(6))
    }
}
