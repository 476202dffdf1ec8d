import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Storage

extension Bench {
    /// The repository's policies with a second issuing generation planned in each family.
    static func filesWithSuccessors() throws -> PolicyFiles {
        var texts = try policyFiles().texts
        for family in AlgorithmFamily.allCases {
            let organization = "一证通评估认证机构"
            let name = family.rawValue
            texts["CA/\(name).yaml"]? += """
                successors:
                  - authority:
                      generation: \(name)-entity-2
                      name: { country: CN, organization: \(organization), commonName: 一证通评估法人签发 \(name) G2 }
                      validityDays: 5475
                      shards: 16
                    services:
                      - role: ocspResponder
                        profile: ocsp-responder
                        name: { country: CN, organization: \(organization), commonName: 一证通评估 OCSP \(name) G2-1 }

                """
        }
        return PolicyFiles(texts: texts)
    }

    func installation(
        observer: @escaping CeremonyObserver = { _ in }, database: Database? = nil
    ) -> CeremonyInstallation {
        CeremonyInstallation(
            database: database ?? self.database, audit: audit, keys: keys, surroundings: surroundings,
            observer: observer)
    }
}

/// Stops a ceremony at a step, as a kill would.
struct CeremonyStop {
    struct Killed: Error {}

    static func at(_ step: CeremonyStep) -> CeremonyObserver {
        { if $0 == step { throw Killed() } }
    }
}
