import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Foundation
import Installation
import KeyCustody
import Revocation

extension AuthorityBenchmark {
    /// The list of everything beside `openssl ca -gencrl` with as many entries, and one shard of many; each made anew
    /// because something was revoked, read from the store, signed, verified and stored.
    func measureLists() async throws {
        let file = yardsticks + "/gencrl-milliseconds"
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let stranger = Double(text) else { throw Unexpected(what: "no time in \(file)") }
        figures.milliseconds(
            "openssl ca -gencrl", stranger, 1, "itself", note: "93000 entries from a text file")

        var full: [Double] = []
        var entries = 0
        for _ in 0..<5 {
            try await revokeOne()
            let start = store.now()
            let list = try await store.authority.status.crl(
                issuer: store.issuer.generation, CRLName(.full), isDemanded: true)
            full.append(store.seconds(since: start) * 1000)
            entries = try CertificateList(der: list.der).entries.count
        }
        let median = Self.median(full)
        figures.milliseconds(
            "full list", median, stranger / median, "openssl ca -gencrl", aim: "1000 ms",
            note: "\(entries) entries; median of 5")

        var one: [Double] = []
        for _ in 0..<15 {
            let shard = try await revokeOne()
            let start = store.now()
            let list = try await store.authority.status.crl(
                issuer: store.issuer.generation, CRLName(.shard(shard)), isDemanded: true)
            one.append(store.seconds(since: start) * 1000)
            entries = try CertificateList(der: list.der).entries.count
        }
        figures.milliseconds(
            "one shard of \(store.issuer.shards)", Self.median(one), nil, aim: "50 ms",
            note: "\(entries) entries; median of 15")
    }

    /// - Returns: the shard that it is in.
    @discardableResult
    private func revokeOne() async throws -> Int {
        guard let serial = try await store.activeSerials(1).first else { throw Unexpected(what: "nothing to revoke") }
        return try await store.authority.revocation.revoke(
            serial, reason: .superseded, on: .system(reason: "benchmark")
        ).shard
    }
}
