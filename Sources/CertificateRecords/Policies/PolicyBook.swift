package import CertificateProfiles
internal import CreditCodes
package import Cryptography
package import Groundwork
internal import LegalEntities
internal import Officers
internal import Synchronization

/// One version of the policies, decoded and checked.
package struct PolicyBook: Sendable {
    package private(set) var version: Int64
    package let files: PolicyFiles
    package let hierarchies: [Hierarchy]
    package let profiles: [String: CertificateProfile]
    package let certificates: CertificatePolicy
    package let retention: RetentionPolicy
    /// The profiles, worked out once for all certificates of this version.
    private let forms: [String: ProfileForm]

    /// Checks everything that this room reads; the other files are their rooms' matter.
    /// Files of other rooms that an authority cannot be opened without.
    private static let dualControl = "Policies/dual-control.yaml"
    private static let creditCodes = "Policies/uscc.yaml"

    package init(version: Int64, files: PolicyFiles) throws(Refusal) {
        var hierarchies: [Hierarchy] = []
        var profiles: [String: CertificateProfile] = [:]
        for (path, text) in files.texts.sorted(by: { $0.key < $1.key }) where path.hasSuffix(".yaml") {
            if path.hasPrefix("CA/") {
                hierarchies.append(try Hierarchy.decode(text, file: path))
            } else if path.hasPrefix("Policies/profiles/") {
                let profile = try CertificateProfile.decode(text, file: path)
                guard path == "Policies/profiles/\(profile.id).yaml" else {
                    throw Refusal(
                        CertificateProfilesRefusal.malformedPolicy, detail: "id is not the file's name",
                        facts: ["file": path])
                }
                profiles[profile.id] = profile
            } else if path == Self.dualControl {
                // A rule that nobody can read, or that goes below the program's floor, would lock the authority.
                _ = try DualControl(yaml: text, file: path)
            } else if path == Self.creditCodes {
                _ = try CodeRules(yaml: text, file: path)
            }
        }
        let path = "Policies/certificates.yaml"
        for path in [Self.dualControl, Self.creditCodes, RetentionPolicy.file] where files.texts[path] == nil {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: "missing", facts: ["file": path])
        }
        guard let text = files.texts[path] else {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: "missing", facts: ["file": path])
        }
        self.version = version
        self.files = files
        self.certificates = try CertificatePolicy.decode(text, file: path)
        self.retention = try RetentionPolicy.decode(files.texts[RetentionPolicy.file] ?? "")
        self.hierarchies = hierarchies
        self.profiles = profiles
        let codes = certificates.unifiedSocialCreditCode
        forms = profiles.mapValues { ProfileForm($0, codes: codes) }
    }

    package func form(_ id: String) throws(Refusal) -> ProfileForm {
        guard let form = forms[id] else {
            throw Refusal(CertificateRecordsRefusal.unknownProfile, facts: ["profile": id])
        }
        return form
    }

    /// The last few books that were decoded: the same texts give the same book, and decoding takes far longer than
    /// anything that is done with it.
    private static let recent = Mutex<[PolicyBook]>([])

    /// The same as ``init(version:files:)``, for texts that may have been decoded in this process before.
    static func decoded(version: Int64, files: PolicyFiles) throws(Refusal) -> PolicyBook {
        if var known = recent.withLock({ $0.first { $0.files == files } }) {
            known.version = version
            return known
        }
        let book = try PolicyBook(version: version, files: files)
        recent.withLock { $0 = [book] + $0.prefix(3) }
        return book
    }

    package func profile(_ id: String) throws(Refusal) -> CertificateProfile {
        guard let profile = profiles[id] else {
            throw Refusal(CertificateRecordsRefusal.unknownProfile, facts: ["profile": id])
        }
        return profile
    }

    package func hierarchy(_ family: AlgorithmFamily) throws(Refusal) -> Hierarchy {
        guard let hierarchy = hierarchies.first(where: { $0.family == family }) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": family.rawValue])
        }
        return hierarchy
    }

    /// The hierarchy that an issuing generation belongs to.
    package func hierarchy(issuing generation: String) throws(Refusal) -> Hierarchy {
        guard let hierarchy = hierarchies.first(where: { $0.issuing(generation) != nil }) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        return hierarchy
    }
}
