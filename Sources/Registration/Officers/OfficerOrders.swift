package import CertificateRecords
package import Cryptography
internal import Groundwork
package import Officers
package import Revocation
package import Storage

/// An officer's life after enrolment: roles, suspension, a lost key, retirement. Each on an order that names the
/// officer and every certificate that it stops or lets go on, done in one transaction with them.
package struct OfficerOrders: Sendable {
    /// How orders are signed here.
    package let ordering: Ordering
    let database: Database
    let revocation: RevocationService
    let certificates: CertificateStore
    private var register: OfficerRegister { ordering.officers }

    /// Over the register of officers and the authority that certified them.
    package init(
        ordering: Ordering, database: Database, revocation: RevocationService, certificates: CertificateStore
    ) {
        self.ordering = ordering
        self.database = database
        self.revocation = revocation
        self.certificates = certificates
    }

    /// An officer with the record of the present certificate; `nil` where this authority has no record of it.
    package struct Shown: Sendable {
        /// As the register has them.
        package let officer: Officer
        /// The record of the certificate that they sign with.
        package let certificate: CertificateRecord?
    }

    /// Every officer, retired ones too, with their certificates.
    package func all() async throws -> [Shown] {
        var shown: [Shown] = []
        for officer in try await register.officers() {
            shown.append(
                Shown(officer: officer, certificate: try await certificates.record(of: officer.certificate)))
        }
        return shown
    }

    /// - Throws: `officers.unknown-officer`
    package func officer(_ identifier: OfficerIdentifier) async throws -> Shown {
        guard let one = try await all().first(where: { $0.officer.identifier == identifier }) else {
            throw Refusal(OfficersRefusal.unknownOfficer)
        }
        return one
    }

    /// - Throws: `officers.last-administrator`, `officers.incompatible-roles`, the order's refusals.
    package func changeRoles(
        of identifier: OfficerIdentifier, to roles: Set<OfficerRole>, reason: String, by keys: OrderingKeys
    ) async throws {
        let officer = try await officer(identifier).officer
        let register = register
        let order = try await ordering.order(
            OfficerRegister.request(toChange: officer, roles: roles, reason: reason, in: ordering.surroundings),
            by: keys)
        try await database.write {
            try register.changeRoles(of: identifier, to: roles, authorisedBy: order, in: $0)
        }
    }

    /// One officer's word: the person orders nothing from here on, and what they signed before is void.
    /// - Parameter withCertificate: suspends the certificate too: for a key that is lost.
    /// - Throws: `officers.last-administrator`, the order's refusals.
    package func suspend(
        _ identifier: OfficerIdentifier, withCertificate: Bool, reason: String, by keys: OrderingKeys
    ) async throws {
        let shown = try await officer(identifier)
        let serials = withCertificate ? serials(of: shown, in: [.active, .issued]) : []
        let (register, revocation) = (register, revocation)
        let order = try await ordering.order(
            OfficerRegister.request(
                .suspendOfficer, officer: shown.officer, certificates: serials.map(\.hex), reason: reason,
                in: ordering.surroundings), by: keys)
        try await database.write { transaction in
            try register.suspend(identifier, certificates: serials.map(\.hex), authorisedBy: order, in: transaction)
            let spent = try order.spent(in: transaction)
            for serial in serials { try revocation.suspend(serial, on: .within(spent), in: transaction) }
        }
    }

    /// Two officers: the person counts again, and a certificate that was suspended with them.
    package func resume(_ identifier: OfficerIdentifier, reason: String, by keys: OrderingKeys) async throws {
        let shown = try await officer(identifier)
        let serials = serials(of: shown, in: [.suspended])
        let (register, revocation) = (register, revocation)
        let order = try await ordering.order(
            OfficerRegister.request(
                .resumeOfficer, officer: shown.officer, certificates: serials.map(\.hex), reason: reason,
                in: ordering.surroundings), by: keys)
        try await database.write { transaction in
            try register.resume(identifier, certificates: serials.map(\.hex), authorisedBy: order, in: transaction)
            let spent = try order.spent(in: transaction)
            for serial in serials { try revocation.resume(serial, on: .within(spent), in: transaction) }
        }
    }

    /// Two officers: the person leaves for good, and the certificate is revoked for this reason.
    /// - Throws: `officers.last-administrator`, `officers.retired`, the order's refusals.
    package func retire(
        _ identifier: OfficerIdentifier, because crlReason: RevocationReason, reason: String, by keys: OrderingKeys
    ) async throws {
        let shown = try await officer(identifier)
        let serials = serials(of: shown, in: [.active, .issued, .suspended])
        let (register, revocation) = (register, revocation)
        let order = try await ordering.order(
            OfficerRegister.request(
                toRetire: shown.officer, certificates: serials.map(\.hex), because: crlReason, reason: reason,
                in: ordering.surroundings), by: keys)
        try await database.write { transaction in
            try register.retire(
                identifier, certificates: serials.map(\.hex), because: crlReason, authorisedBy: order,
                in: transaction)
            let spent = try order.spent(in: transaction)
            for serial in serials {
                try revocation.revoke(serial, reason: crlReason, on: .within(spent), in: transaction)
            }
        }
    }

    /// The present certificate's, where it is in one of these states.
    func serials(of shown: Shown, in states: Set<CertificateState>) -> [SerialNumber] {
        guard let record = shown.certificate, states.contains(record.state(at: ordering.surroundings.now())) else {
            return []
        }
        return [record.serialNumber]
    }
}
