/// What a revocation list speaks of: all certificates of an issuing generation, or those of one shard.
package enum CRLScope: Sendable, Hashable {
    case full
    case shard(Int)

    /// As it is stored: -1 is the whole.
    package var stored: Int {
        switch self {
        case .full: -1
        case .shard(let number): number
        }
    }

    /// Shards in their order, then the whole.
    package static func all(shards: Int) -> [CRLScope] { (0..<shards).map { .shard($0) } + [.full] }

    /// Whether an issuing generation with so many lists has this one.
    package func exists(amongShards shards: Int) -> Bool {
        switch self {
        case .full: true
        case .shard(let number): (0..<shards).contains(number)
        }
    }
}

/// A list that names everything, or one that names what changed since such a one (RFC 5280, 5.2.4).
package enum CRLKind: String, Sendable, Hashable, CaseIterable { case complete, delta }

/// The last part of a list's address: `7`, `full`, `7-delta`, `full-delta`.
package struct CRLName: Sendable, Hashable {
    package let scope: CRLScope
    package let kind: CRLKind

    package init(_ scope: CRLScope, _ kind: CRLKind = .complete) {
        self.scope = scope
        self.kind = kind
    }

    /// `nil` for any other spelling, such as `07`: each list has one address.
    package init?(_ text: some StringProtocol) {
        let isDelta = text.hasSuffix("-delta")
        let stem = isDelta ? String(text.dropLast(6)) : String(text)
        kind = isDelta ? .delta : .complete
        if stem == "full" {
            scope = .full
        } else if let number = Int(stem), number >= 0, String(number) == stem {
            scope = .shard(number)
        } else {
            return nil
        }
    }

    package var text: String {
        let stem =
            switch scope {
            case .full: "full"
            case .shard(let number): String(number)
            }
        return kind == .delta ? "\(stem)-delta" : stem
    }
}
