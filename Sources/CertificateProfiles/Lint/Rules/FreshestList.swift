internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Where the profile has it, and nowhere else: one full name alone, the address of the deltas of exactly the list
    /// that the certificate names.
    static let freshestList = LintRule(
        id: "freshest-list", citation: "RFC 5280, 4.2.1.15; CP/CPS 4.9.7", severity: .error, since: "2026-11-21"
    ) { target in
        guard let generation = target.context.generation, let profile = target.context.profile else { return [] }
        let found = target.certificate.value(of: .freshestCRL)
        guard profile.namesFreshestList else { return found == nil ? [] : ["the profile has none"] }
        guard let found else { return ["missing"] }
        guard let status = target.context.addresses, let shards = target.context.shards else { return [] }
        let shard = Shard.number(of: target.certificate.serialNumber, among: shards)
        let expected = CertificateExtension.freshestList(status.list(generation, CRLName(.shard(shard), .delta)))
        return found.value == expected.value ? [] : ["not the deltas of this serial number's list, or not they alone"]
    }
}
