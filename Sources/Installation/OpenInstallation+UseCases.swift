internal import KeyCustody
internal import CertificateRecords
internal import AgentProtocol
internal import Groundwork
package import Officers
package import Registration

/// What people order and do, over this data directory.
extension OpenInstallation {
    /// How officers order.
    package var ordering: Ordering { Ordering(officers: officers, surroundings: surroundings) }

    /// A security key's life, with the card models in force.
    package var keys: KeyRegistration {
        let policies = policies
        return KeyRegistration(
            ordering: ordering, database: database, registry: registry,
            authority: .init(
                issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
                planSigner: { [authority] in try authority.service(.statements).signer }),
            vault: vault, models: policies.rooms.models, roots: roots)
    }

    /// - Parameter isMadeAlready: told whose key an interrupted call had made.
    package func firstOfficerKeys(
        isMadeAlready: @escaping @Sendable (_ name: String) async -> Void = { _ in }
    ) -> FirstOfficerKeys {
        FirstOfficerKeys(keys: keys, issuers: authority.issuers, isMadeAlready: isMadeAlready)
    }

    /// Officers' life after enrolment.
    package var officerOrders: OfficerOrders {
        OfficerOrders(
            ordering: ordering, database: database, revocation: authority.revocation,
            certificates: authority.certificates)
    }

    /// Officers' keys and certificates.
    package var officerKeys: OfficerKeys {
        OfficerKeys(keys: keys, orders: officerOrders, issuers: authority.issuers)
    }

    /// Which officers' certificates end soon, and which posts one person holds alone.
    package func officerForesight() async throws -> OfficerForesight {
        OfficerForesight(try await officerOrders.all(), policy: officers.policy, at: surroundings.now())
    }

    /// Changes of certificates' status.
    package var certificateOrders: CertificateOrders {
        CertificateOrders(
            ordering: ordering, revocation: authority.revocation, bulkRevocation: authority.bulkRevocation)
    }

    /// Certificates of servers and departments' devices.
    package var serviceCertificates: ServiceCertificateOrders {
        ServiceCertificateOrders(
            ordering: ordering, policies: authority.policies, issuance: authority.issuance, registry: registry)
    }

    /// Corrections of the registry.
    package var registryOrders: RegistryOrders {
        RegistryOrders(ordering: ordering, database: database, registry: registry)
    }

    /// Electronic seals.
    package var sealOrders: SealOrders { SealOrders(ordering: ordering, maker: sealMaker, stamping: stamping) }

    /// Departments' applications.
    package var applicationOrders: ApplicationOrders {
        ApplicationOrders(ordering: ordering, applications: applications)
    }

    /// The list of weak and compromised keys, under order.
    package var weakKeys: WeakKeyOrders {
        WeakKeyOrders(
            ordering: ordering, list: WeakKeyList(database: database, audit: audit, surroundings: surroundings))
    }

    /// An officer's word on the clock.
    package var clockOrders: ClockOrders { ClockOrders(ordering: ordering, clock: authority.clock) }

    /// What officers order of the audit.
    package var auditOrders: AuditOrders {
        AuditOrders(
            ordering: ordering, database: database, audit: audit, issuers: authority.issuers,
            checkpoint: { try await checkpoint() }, trust: { await auditTrust() })
    }

    /// An order for a request that a room made.
    package func order(_ request: CanonicalRequest, by keys: OrderingKeys) async throws -> Authorisation {
        try await ordering.order(request, by: keys)
    }
}
