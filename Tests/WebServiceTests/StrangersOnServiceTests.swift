import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Revocation
import Storage
import Testing
import WebService

/// A program that is given nothing but certificates, and finds everything else at the addresses in them.
@Suite(.timeLimit(.minutes(20))) struct StrangersOnServiceTests {
    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `openssl fetches lists and deltas by the certificates' own addresses`(_ family: AlgorithmFamily) async throws {
        try await WebHouse.serve(family, onNamedPort: true) { house in
            let (good, revoked) = (try await house.certificate(), try await house.certificate("entity-signature"))
            let held = try await house.certificate()
            try house.writeCertificates([
                "good.pem": good.certificate(), "revoked.pem": revoked.certificate(), "held.pem": held.certificate(),
            ])
            let verify =
                "openssl verify -x509_strict -CAfile chain.pem -crl_check -extended_crl -crl_download"
            func deltas() async throws -> Int64 {
                try await house.database.read { transaction in
                    try transaction.first("SELECT count(*) AS n FROM revocation_list WHERE kind = 'delta'")?
                        .integer("n") ?? -1
                }
            }
            for options in ["", " -use_deltas"] {
                for name in ["good", "revoked", "held"] {
                    try await house.caller.run("\(verify)\(options) \(name).pem")
                }
            }
            // The root's list is found by the issuing authority's own certificate.
            try await house.caller.run("\(verify) issuing.pem")
            // A list is made when it is asked for: the deltas were found by freshestCRL, one for each shard.
            #expect(try await deltas() == Int64(Set([good, revoked, held].map(\.shard)).count))
            let desk = house.authority.revocation
            try await desk.revoke(revoked.serialNumber, reason: .keyCompromise, on: .system(reason: "test"))
            try await desk.suspend(held.serialNumber, on: .system(reason: "test"))
            for options in ["", " -use_deltas"] {
                try await house.caller.run("\(verify)\(options) good.pem")
                for name in ["revoked", "held"] {
                    let text = try await house.caller.run("\(verify)\(options) \(name).pem", expecting: 2)
                    #expect(text.contains("certificate revoked"), "\(text)")
                }
            }
            try await desk.resume(held.serialNumber, on: .system(reason: "test"))
            for options in ["", " -use_deltas"] { try await house.caller.run("\(verify)\(options) held.pem") }
            // Certificate and list name the same delta, whose scope is the list's.
            for record in [good, revoked] {
                let facts = try record.certificate().facts
                let full = try CertificateList(
                    der: await house.caller.fetch(try #require(facts.crlAddresses.first)).body)
                let address = try #require(facts.deltaAddresses.first)
                #expect(full.freshestAddresses == [address])
                let delta = try CertificateList(der: await house.caller.fetch(address).body, kind: .delta)
                #expect(delta.issuingDistributionPoint == full.issuingDistributionPoint)
            }
        }
    }
}
