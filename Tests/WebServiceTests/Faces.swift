import Audit
import Authentication
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LegalEntities
import Logging
import Storage
import Synchronization
import Installation
import WebService

extension WebHouse {
    /// A face wired to the rooms as the shipped service does it.
    func server(_ serviceAddress: ServiceAddress, _ metrics: PrometheusRegistry, _ logger: Logger) throws
        -> AddressServer
    {
        let login = try loginAnswers()
        return AddressServer(
            serviceAddress, at: ListenAddress(host: "127.0.0.1", port: serviceAddress == .status ? statusPort ?? 0 : 0),
            limits: limits, logger: logger,
            isReady: { [self] in
                if isBroken.withLock({ $0 }) {
                    throw Refusal(StorageRefusal.busy, detail: "the secret place /var/lib/somewhere")
                }
                return ["keys: ok"]
            }
        ) { router in
            switch serviceAddress {
            case .status: StatusRoutes.add(StatusResponses(authority, logger: Logger(label: "faces")), to: router)
            case .login: LoginRoutes.add(login, to: router)
            case .public:
                PublicRoutes.add(home, ValidityAnswers(authority), to: router)
                AuditRoutes.add(publication, to: router)
            case .staff: StaffRoutes.add(metrics, to: router)
            }
        }
    }

    private func loginAnswers() throws -> LoginAnswers {
        let policy = try LoginPolicy(
            yaml: String(contentsOf: Self.root.appending(path: "Policies/login.yaml"), encoding: .utf8))
        let service = try authority.service(.statements)
        let challenges = Challenges(
            database: database,
            policyInForce: { [self] in
                var policy = policy
                if let rates = rates.withLock({ $0 }) { policy.rates = rates }
                return policy
            }, surroundings: .real
        ) { service.signer }
        let verifications = Verifications(
            database: database, policy: policy, audit: audit, certificates: CertificateKnowledge(authority),
            entity: Verifications.entities(in: registry), serviceCertificate: service.certificate,
            surroundings: .real)
        return LoginAnswers(isSecure: isSecure, challenges: challenges, verifications: verifications)
    }

    private var publication: AuditPublication {
        let authority = authority
        return AuditPublication(database: database) { authority.checkpointKeys }
    }

    /// A first page with a name that wants to be more than text.
    private var home: HomePage {
        HomePage(
            bases: BaseAddresses(
                status: "http://status.example", login: "https://login.example", public: "https://public.example",
                staff: "https://staff.example"),
            issuers: { [authority] in
                let known = await HomePage(
                    authority, bases: BaseAddresses(status: "", login: "", public: "", staff: ""), isEvaluation: true
                ).issuers()
                return known.map {
                    HomePage.IssuerLine(
                        generation: $0.generation, name: "<script>alert('\($0.generation)')</script> & \"Söhne\"",
                        algorithm: $0.algorithm, notAfter: $0.notAfter, hasResponder: $0.hasResponder)
                }
            }, isEvaluation: true)
    }
}
