import CertificateProfiles
import CertificateRecords
import Cryptography
import Groundwork
import Installation
import Issuance
import KeyCustody

extension Room {
    func measureIssuance(seconds: Double, _ speed: OpenSSLSpeed, into table: Table) async throws {
        // The authority's signer is not to be had from outside: a key of the same family signs the same body.
        let (signingKey, template, surroundings) = (try PrivateKey.generate(family), certificate, surroundings)
        let signer = SoftwareSigner(signingKey)
        let alone = try await rate(seconds: seconds) {
            let body = Room.body(template, .random(in: surroundings), template.extensions)
            _ = try await signer.sign(body.der)
        }
        table.add(family, "issue: body and signature", alone.perSecond, .sign, speed)

        // The engine has no form without a store: its steps (body, lint, signature, verification) are done here.
        let issuer = try authority.issuers.issuer(generation: nil, family: family)
        let book = try await authority.policies.current()
        let context = LintContext(
            issuer: issuer.certificate, profile: try book.profile("entity-authentication"), policy: book.certificates,
            addresses: issuer.addresses, generation: issuer.generation, shards: issuer.shards)
        let checked = try await rate(seconds: seconds) {
            let serial = SerialNumber.random(in: surroundings)
            let shard = CRLScope.shard(Shard.number(of: serial, among: issuer.shards))
            let body = Room.body(
                template, serial,
                template.extensions.map {
                    switch $0.oid {
                    case .crlDistributionPoints:
                        .crlDistributionPoint(issuer.addresses.list(issuer.generation, CRLName(shard)))
                    case .freshestCRL:
                        .freshestList(issuer.addresses.list(issuer.generation, CRLName(shard, .delta)))
                    default: $0
                    }
                })
            let permit = try Linter.permit(body, in: context)
            let signature = try await signer.sign(permit.body)
            let certificate = try Certificate.assemble(
                body: permit.body, algorithm: permit.algorithm, signature: signature, publicKey: permit.publicKey)
            guard certificate.isSigned(by: signingKey.publicKey) else { throw Unverified() }
        }
        table.add(
            family, "issue: lint and verification", checked.perSecond, .both, speed,
            note: "the engine's steps, without its store")

        let (request, authority) = (try Room.request(key, planOrder), authority)
        for callers in [1, 16] {
            let before = try await rows()
            let stored = try await rate(seconds: seconds * 2, callers: callers) {
                _ = try await authority.issuance.issue(request)
            }
            // The first, unmeasured one left rows too.
            let rows = Double(try await rows() - before) / Double(stored.count + 1)
            table.add(
                family, callers == 1 ? "issue: durable, one by one" : "issue: durable, \(callers) callers",
                stored.perSecond, .both, speed,
                note: "\((rows * 10).rounded() / 10) rows each; verifies a PKCS#10 too; 2 commits each")
        }
    }

    private static func body(
        _ template: Certificate, _ serial: SerialNumber, _ extensions: [CertificateExtension]
    ) -> CertificateBody {
        CertificateBody(
            serialNumber: serial, signatureAlgorithm: template.publicKey.family?.signatureAlgorithm ?? .sm2WithSM3,
            issuer: template.issuer, notBefore: template.notBefore, notAfter: template.notAfter,
            subject: template.subject, publicKey: template.publicKey, extensions: extensions)
    }

    struct Unverified: Error {}
}
