import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Storage
import Testing
import WebService

/// The log's checkpoints and proofs, as a third party with curl and SHA-256 sees them.
@Suite(.timeLimit(.minutes(20))) struct AuditRoutesTests {
    private static func checkpoint(_ house: WebHouse) async throws -> SignedCheckpoint {
        let key = try house.authority.service(.checkpoints)
        return try await house.audit.checkpoint(database: house.database, signer: key.signer)
    }

    @Test func whoKeepsACheckpointCanFollowTheLog() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.public) + "/api/v1/audit"
            let first = try await Self.checkpoint(house).checkpoint
            let latest = try await house.caller.fetch(base + "/checkpoints/latest")
            #expect(latest.status == 200 && latest.header("content-type") == "application/json")
            #expect(latest.header("cache-control") == "public, max-age=5")
            #expect(latest.member("body").flatMap(Base64.decode) == first.body)
            #expect(latest.json?["last_countersigned"] is NSNull)
            let record = try await house.certificate()
            let second = try await Self.checkpoint(house).checkpoint
            #expect(second.size > first.size)
            let again = try await house.caller.fetch(base + "/checkpoints/\(first.size)")
            #expect(again.member("root") == Hex.encode(first.root))

            let consistency = try await house.caller.fetch(
                base + "/proofs/consistency?first=\(first.size)&second=\(second.size)")
            #expect(consistency.status == 200 && consistency.header("cache-control") == "public, max-age=86400")
            let path = try #require(consistency.json?["path"] as? [String]).compactMap { Hex.decode($0) }
            #expect(
                MerkleProof.isConsistent(
                    old: first.size, oldRoot: first.root, size: second.size, root: second.root, proof: path))

            // Any leaf, and an event by its name; what it says is not told.
            let identifier = try await house.database.read { try house.audit.event(at: second.size - 1, in: $0) }
            for query in ["leaf=\(second.size - 1)", "event=\(identifier.shown)"] {
                let proof = try await house.caller.fetch(base + "/proofs/inclusion?\(query)&size=\(second.size)")
                #expect(proof.status == 200 && !proof.text.contains(record.serialNumber.hex))
                let path = try #require(proof.json?["path"] as? [String]).compactMap { Hex.decode($0) }
                #expect(
                    MerkleProof.includes(
                        leafHash: try #require(proof.member("leaf_hash").flatMap { Hex.decode($0) }),
                        leaf: second.size - 1, size: second.size, path: path, root: second.root))
            }
            let keys = try await house.caller.fetch(base + "/keys")
            #expect(keys.status == 200 && keys.text.hasPrefix("-----BEGIN PUBLIC KEY-----"))
        }
    }

    @Test func whatCannotBeAnsweredIsAProblem() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.public) + "/api/v1/audit"
            let size = try await Self.checkpoint(house).checkpoint.size
            let stranger = AuditEventIdentifier(in: .real).shown
            for (path, status, code) in [
                ("/checkpoints/99999", 404, "audit.unknown-checkpoint"),
                ("/checkpoints/-1", 400, "web-service.malformed-query"),
                ("/checkpoints/1234567890123456", 400, "web-service.malformed-query"),
                ("/checkpoints/1e3", 400, "web-service.malformed-query"),
                ("/proofs/inclusion", 400, "web-service.malformed-query"),
                ("/proofs/inclusion?leaf=0&event=\(stranger)", 400, "web-service.malformed-query"),
                ("/proofs/inclusion?event=%3Cscript%3E", 400, "web-service.malformed-query"),
                ("/proofs/inclusion?event=\(stranger)", 404, "audit.unknown-event"),
                ("/proofs/inclusion?leaf=\(size)", 400, "audit.proof-range"),
                ("/proofs/inclusion?leaf=0&size=\(size + 1)", 400, "audit.proof-range"),
                ("/proofs/consistency?first=1", 400, "web-service.malformed-query"),
                ("/proofs/consistency?first=0&second=\(size)", 400, "audit.proof-range"),
                ("/proofs/consistency?first=\(size)&second=1", 400, "audit.proof-range"),
                ("/nothing", 404, "web-service.not-found"),
            ] {
                let answer = try await house.caller.fetch(base + path)
                #expect(answer.status == status && answer.isProblem, "\(path): \(answer.status) \(answer.text)")
                #expect(answer.member("code") == code, "\(path): \(answer.text)")
                #expect(!answer.text.contains("<script"))
            }
        }
    }

    @Test func theInterfaceIsDescribed() async throws {
        try await WebHouse.serve { house in
            let answer = try await house.caller.fetch(house.base(.public) + "/openapi.json")
            #expect(answer.status == 200 && answer.header("content-type") == "application/json")
            let paths = try #require(answer.json?["paths"] as? [String: Any])
            for path in ["checkpoints/latest", "checkpoints/{size}", "proofs/inclusion", "proofs/consistency", "keys"] {
                #expect(paths["/api/v1/audit/" + path] != nil, "\(path)")
            }
            #expect(!answer.text.contains("$ref\":\"#/components/schemas/Unknown"))
        }
    }
}
