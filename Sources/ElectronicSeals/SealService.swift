package import Audit
import Cryptography
package import Groundwork
package import Officers
package import Storage

/// Looks at seals and moves them through their life.
package struct SealService: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let dependencies: SealDependencies
    private let surroundings: Surroundings

    package init(database: Database, audit: AuditLog, dependencies: SealDependencies, surroundings: Surroundings) {
        self.database = database
        self.audit = audit
        self.dependencies = dependencies
        self.surroundings = surroundings
    }

    /// Suspends, resumes or closes a seal: the order's subject is the seal's id, its parameters are
    /// ``Seal/orderParameters``.
    package func change(
        _ id: SealIdentifier, by transition: SealTransition, authorisedBy authorisation: Authorisation
    ) async throws -> Seal {
        let act: OfficerAct =
            switch transition {
            case .activate: .makeSeal
            case .suspend: .suspendSeal
            case .resume: .resumeSeal
            case .close: .revokeSeal
            }
        return try await database.write { transaction in
            var seal = try SealStore().seal(id, in: transaction)
            try authorisation.require(act, subject: id.shown, parameters: seal.orderParameters)
            try authorisation.spend(in: transaction)
            try SealLedger(audit: audit, surroundings: surroundings)
                .move(seal, by: transition, actor: authorisation.actor, in: transaction)
            seal.status = try seal.status.after(transition)
            return seal
        }
    }

    /// A seal, with whether it can be used now.
    package func seal(_ id: SealIdentifier) async throws -> (seal: Seal, usability: SealUsability) {
        try await database.read { transaction in
            let seal = try SealStore().seal(id, in: transaction)
            return (seal, try usability(of: seal, in: transaction))
        }
    }

    /// All seals of an entity, oldest first.
    package func seals(of uscc: String) async throws -> [(seal: Seal, usability: SealUsability)] {
        try await database.read { transaction in
            var all: [(seal: Seal, usability: SealUsability)] = []
            for seal in try SealStore().seals(of: uscc, in: transaction) {
                all.append((seal, try usability(of: seal, in: transaction)))
            }
            return all
        }
    }

    /// What the seal's status was at a time; `nil` before it was made.
    package func status(of id: SealIdentifier, at instant: Instant) async throws -> SealStatus? {
        try await database.read { try SealStore().status(of: id, at: instant, in: $0) }
    }

    private func usability(of seal: Seal, in transaction: any ReadTransaction) throws -> SealUsability {
        SealUsability(
            of: seal, certificateStatus: try dependencies.certificateStatus(seal.certificateSerial, transaction),
            at: surroundings.now())
    }
}
