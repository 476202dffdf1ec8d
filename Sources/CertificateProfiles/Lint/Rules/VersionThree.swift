internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A certificate with extensions has version 3; all of today have extensions.
    static let versionThree = LintRule(
        id: "version-three", citation: "RFC 5280, 4.1.2.1", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.form.version == 2 && !target.certificate.extensions.isEmpty
            ? [] : ["no version 3 with extensions"]
    }
}
