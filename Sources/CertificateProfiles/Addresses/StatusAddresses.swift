/// The addresses that certificates name: all under the status address, plain http.
package struct StatusAddresses: Sendable, Hashable {
    /// Such as `http://status.example`, without a slash at its end.
    package let base: String

    /// `nil` unless it is plain http with a host and no path, query or fragment.
    package init?(base: String) {
        let trimmed = base.hasSuffix("/") ? String(base.dropLast()) : base
        guard trimmed.hasPrefix("http://"), trimmed.utf8.count <= 200 else { return nil }
        let host = trimmed.dropFirst(7)
        guard !host.isEmpty,
            host.utf8.allSatisfy({
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x3A].contains($0)
            })
        else { return nil }
        self.base = trimmed
    }

    package func responder(_ generation: String) -> String { "\(base)/ocsp/\(generation)" }
    package func list(_ generation: String, shard: Int) -> String { list(generation, CRLName(.shard(shard))) }
    package func list(_ generation: String, _ name: CRLName) -> String {
        "\(base)/crl/\(generation)/\(name.text).crl"
    }
    package func issuer(_ generation: String) -> String { "\(base)/ca/\(generation).cer" }
    package var timeStamps: String { "\(base)/tsa" }
}
