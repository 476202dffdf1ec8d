internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Every entry belongs to this shard: what a certificate names and what its list covers never part.
    static let listShard = LintRule.ofList(
        id: "list-shard", citation: "RFC 5280, 5.2.5; CP/CPS 4.9.7", since: "2026-11-21"
    ) { target in
        guard target.isOurs, let shard = target.context.shard, let shards = target.context.shards else { return [] }
        let strangers = target.entries.filter { Shard.number(of: $0.serial, among: shards) != shard }
        return strangers.isEmpty ? [] : ["\(strangers.count) entries of other shards"]
    }
}
