internal import CertificateProfiles
package import Cryptography
package import Groundwork

/// What the authority of one algorithm family is: `CA/<family>.yaml`.
package struct Hierarchy: Codable, Sendable, Hashable {
    package var family: AlgorithmFamily
    package var root: Authority
    package var issuing: Authority
    package var services: [Service]
    /// Later generations of the issuing authority, in their order, each with the service keys that it certifies anew.
    package var successors: [Successor]?

    /// A certificate authority: one generation of one key.
    package struct Authority: Codable, Sendable, Hashable {
        /// Stands in addresses for ever: lower-case letters, digits and hyphens.
        package var generation: String
        package var name: Name
        package var validityDays: Int
        /// How many revocation lists it has, from 1 to 4096.
        package var shards: Int
    }

    /// A key of the authority's own that is certified by the issuing authority.
    package struct Service: Codable, Sendable, Hashable {
        package var role: ServiceRole
        package var profile: String
        package var name: Name
    }

    /// A later generation of the issuing authority under the same root.
    package struct Successor: Codable, Sendable, Hashable {
        package var authority: Authority
        /// Its own responder at least.
        package var services: [Service]
    }

    package struct Name: Codable, Sendable, Hashable {
        package var country: String
        package var organization: String
        package var commonName: String
    }

    package static func decode(_ text: String, file: String) throws(Refusal) -> Hierarchy {
        let hierarchy = try StrictYAML.decode(Hierarchy.self, from: text, file: file)
        if let defect = hierarchy.defect {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: defect, facts: ["file": file])
        }
        return hierarchy
    }

    /// Every issuing generation, the first one first.
    package var issuingAuthorities: [Authority] { [issuing] + (successors ?? []).map(\.authority) }

    package func issuing(_ generation: String) -> Authority? {
        issuingAuthorities.first { $0.generation == generation }
    }

    /// The service keys that a generation certifies in its ceremony.
    package func services(of generation: String) -> [Service] {
        if generation == issuing.generation { return services }
        return (successors ?? []).first { $0.authority.generation == generation }?.services ?? []
    }

    private var defect: String? {
        for authority in [root] + issuingAuthorities {
            let letters = authority.generation.utf8
            guard (1...40).contains(letters.count),
                letters.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D })
            else { return "generation \(authority.generation): expected 1 to 40 of a-z, 0-9, -" }
            guard (1...4096).contains(authority.shards) else { return "shards: expected 1 to 4096" }
            guard (1...20_000).contains(authority.validityDays) else { return "validityDays: expected 1 to 20000" }
        }
        let all = [root] + issuingAuthorities
        guard Set(all.map(\.generation)).count == all.count, Set(all.map(\.name)).count == all.count else {
            return "each authority needs a generation and a name of its own"
        }
        guard issuingAuthorities.allSatisfy({ $0.validityDays <= root.validityDays }) else {
            return "an issuing authority would outlive its root"
        }
        for services in [services] + (successors ?? []).map(\.services) {
            let roles = services.map(\.role)
            guard Set(roles).count == roles.count else { return "a service role stands twice" }
            guard roles.contains(.ocspResponder) else { return "a generation has no responder" }
        }
        for role in ServiceRole.allCases where !services.map(\.role).contains(role) {
            return "no service has role \(role.rawValue)"
        }
        return nil
    }
}

/// What one of the authority's own keys is for.
package enum ServiceRole: String, Codable, Sendable, CaseIterable, Hashable {
    /// Answers OCSP questions for one issuing generation.
    case ocspResponder
    /// Signs RFC 3161 tokens.
    case timeStamping
    /// Signs login statements and plans: what key agents pin.
    case statements
    /// Signs the audit's checkpoints.
    case checkpoints
    /// Signs seal data: the 制章者 of GB/T 38540-2020.
    case sealMaker
}

extension Hierarchy.Name {
    /// C, O, CN in this order; UTF8String but for the country (RFC 5280, 4.1.2.4; GB/T 20518).
    package var distinguishedName: DistinguishedName {
        DistinguishedName([
            .init(type: SubjectAttribute.country.oid, value: country, kind: .printable),
            .init(type: SubjectAttribute.organization.oid, value: organization, kind: .utf8),
            .init(type: SubjectAttribute.commonName.oid, value: commonName, kind: .utf8),
        ])
    }
}
