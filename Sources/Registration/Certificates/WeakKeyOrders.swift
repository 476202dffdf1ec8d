package import CertificateRecords
package import Cryptography
internal import Groundwork
internal import Officers

/// Keys that are never to be certified, listed on two officers' order.
package struct WeakKeyOrders: Sendable {
    let ordering: Ordering
    let list: WeakKeyList

    package init(ordering: Ordering, list: WeakKeyList) {
        self.ordering = ordering
        self.list = list
    }

    /// - Parameter hashes: SHA-256 of each key's SubjectPublicKeyInfo.
    /// - Returns: how many were not on the list before, and which certificates in use have one of its keys.
    /// - Throws: `certificate-authority.weak-key-list`.
    package func add(
        _ hashes: [[UInt8]], justification: String, by keys: OrderingKeys
    ) async throws -> (added: Int, inUse: [SerialNumber]) {
        let request = try list.request(toList: hashes, justification: justification)
        return try await list.list(hashes, on: await ordering.order(request, by: keys))
    }

    /// The keys on the list, the newest first.
    package func keys(limit: Int) async throws -> [RejectedKey] { try await list.keys(limit: limit) }

    /// Refuses where a certificate in use has a key of the list.
    /// - Throws: `certificate-authority.rejected-key-in-use`.
    package func requireNoneInUse() async throws { try await list.requireNoneInUse() }
}
