internal import Cryptography
internal import Groundwork

extension LintRule {
    /// One list, by plain http under the status address, in the shard that the serial number gives; not critical.
    static let distributionPoint = LintRule(
        id: "distribution-point", citation: "RFC 5280, 4.2.1.13; CP/CPS 4.10", severity: .error, since: "2026-01-01"
    ) { target in
        guard let generation = target.context.generation, target.kind != .root else { return [] }
        guard let found = target.certificate.value(of: .crlDistributionPoints) else {
            return target.kind == .ocspResponder ? [] : ["missing"]
        }
        let addresses = target.certificate.facts.crlAddresses
        guard !found.critical, addresses.count == 1 else { return ["critical, or not exactly one address"] }
        guard let status = target.context.addresses, let shards = target.context.shards else { return [] }
        let shard = Shard.number(of: target.certificate.serialNumber, among: shards)
        return addresses[0] == status.list(generation, shard: shard)
            ? [] : ["\(addresses[0]) is not this serial number's list"]
    }
}
