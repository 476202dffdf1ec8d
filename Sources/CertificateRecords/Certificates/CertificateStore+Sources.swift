/// What rooms above may join their own tables with: documented texts in place of the names of this room's tables.
/// Each is a plain projection or condition, which the store's planner dissolves into the query around it.
extension CertificateStore {
    /// An SQL source with `serial`, `issuer` and `status_version` of every stored certificate.
    package static let statusVersions = "(SELECT serial, issuer, status_version FROM certificate)"

    /// An SQL source with the `serial` of every stored certificate that is neither revoked nor suspended.
    package static let unrevokedSerials = """
        (SELECT valid.serial AS serial FROM certificate valid
            WHERE NOT EXISTS (SELECT 1 FROM revocation entry WHERE entry.serial = valid.serial))
        """

    /// An SQL condition: whether a certificate with exactly these bytes is stored under this serial number.
    /// - Parameters:
    ///   - serial: a column of the query around it.
    ///   - der: a column of the query around it.
    package static func isStored(serial: String, der: String) -> String {
        "EXISTS (SELECT 1 FROM certificate known WHERE known.serial = \(serial) AND known.der = \(der))"
    }
}
