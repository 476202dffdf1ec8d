package import Audit
internal import CertificateProfiles
package import CertificateRecords
internal import CertificateStatus
package import Cryptography
package import Groundwork
package import Issuance
package import KeyCustody
package import Officers
internal import Revocation
package import Storage

/// The ceremony's part on the machine of the service: the issuing key and its request, then what the root signed.
///
/// Each call may be made again: what is done is found and not done twice. As soon as there are officers, two of them
/// order each part.
package struct CeremonyInstallation: Sendable {
    let database: Database
    let audit: AuditLog
    let keys: any SigningKeys
    let surroundings: Surroundings
    let policies: PolicyStore
    /// Whether this authority's keys have no legal effect; only then it takes over what an evaluation's ceremony made.
    let isEvaluation: Bool
    let issuanceObserver: IssuanceObserver
    let observer: CeremonyObserver

    package init(
        database: Database, audit: AuditLog, keys: any SigningKeys, surroundings: Surroundings,
        isEvaluation: Bool = false,
        issuanceObserver: @escaping IssuanceObserver = { _, _ in }, observer: @escaping CeremonyObserver = { _ in }
    ) {
        self.database = database
        self.audit = audit
        self.keys = keys
        self.surroundings = surroundings
        self.isEvaluation = isEvaluation
        self.issuanceObserver = issuanceObserver
        self.observer = observer
        policies = PolicyStore(database: database, audit: audit, surroundings: surroundings)
    }

    /// What officers order, each part on its own.
    package enum Part: Sendable, Hashable {
        case request(generation: String)
        case install(generation: String, certificate: [UInt8])
        case list(generation: String, list: [UInt8])
        case rollOver(generation: String)
        /// A service key gets a successor at once, and its certificates are revoked for this reason.
        case exchange(generation: String, role: ServiceRole, reason: RevocationReason, invalidSince: Instant?)

        package var subject: String {
            switch self {
            case .request(let generation), .install(let generation, _), .list(let generation, _),
                .rollOver(let generation), .exchange(let generation, _, _, _):
                "generation:\(generation)"
            }
        }

        package var parameters: [String: CanonicalJSON] {
            switch self {
            case .request: ["part": .string("request")]
            case .install(_, let certificate):
                ["part": .string("install"), "certificate": .string(ArtefactView.hash(certificate))]
            case .list(_, let list): ["part": .string("list"), "list": .string(ArtefactView.hash(list))]
            case .rollOver: ["part": .string("roll-over")]
            case .exchange(_, let role, let reason, let invalidSince):
                RevocationService.parameters(reason, invalidSince?.truncatedToSecond).merging([
                    "part": .string("exchange"), "role": .string(role.rawValue),
                ]) { $1 }
            }
        }
    }

    package static func request(
        for part: Part, justification: String, in surroundings: Surroundings
    ) -> CanonicalRequest {
        CanonicalRequest(
            .holdCeremony, subject: part.subject, parameters: part.parameters, reason: justification, in: surroundings)
    }

    /// Whether officers have to order it: from the first two on.
    package func needsOrder() async throws -> Bool {
        try await database.read { try OfficerRegister.hasOfficers(in: $0) }
    }

    /// Whether this root's certificate has been taken over before.
    package func knows(root: Certificate) async throws -> Bool {
        try await database.read { transaction in
            try HierarchyStore.knows(root: root, in: transaction)
        }
    }

    /// Whether what a stage's folder brings is here already: then there is nothing to do, and nothing to order.
    /// - Throws: `already-initialised` if the generation is complete with another certificate.
    package func hasTaken(_ bundle: CeremonyBundle) async throws -> Bool {
        try await database.read { transaction in
            guard let issued = bundle.issuing else {
                return try StatusService.storedList(issuer: bundle.rootGeneration, shard: 0, in: transaction)
                    == bundle.list.der
            }
            return try AuthoritySetting.value("complete/\(issued.generation)", in: transaction) != nil
                && ImportedAuthority.isStored(issued.generation, issued.certificate, in: transaction)
        }
    }

    /// Looks at the order and uses it up, where there are officers.
    func spend(
        _ order: Authorisation?, for part: Part, in transaction: any Transaction
    ) throws(Refusal) -> AuditActor {
        guard try OfficerRegister.hasOfficers(in: transaction) else { return .system }
        guard let order else { throw Refusal(CertificateRecordsRefusal.authorisationMissing) }
        try order.require(.holdCeremony, subject: part.subject, parameters: part.parameters)
        try order.spend(in: transaction)
        return order.actor
    }

    /// An authority that is not there yet: its policies and its status address, which certificates name.
    package func prepare(_ files: PolicyFiles, statusBase: String) async throws {
        guard let addresses = StatusAddresses(base: statusBase) else {
            throw Refusal(
                CertificateProfilesRefusal.malformedPolicy, detail: "the status address is not plain http",
                facts: ["file": statusBase])
        }
        _ = try await policies.storeFirst(files)
        try await database.write { transaction in
            if let before = try AuthoritySetting.value("status-base", in: transaction), before != addresses.base {
                throw Refusal(CertificateRecordsRefusal.alreadyInitialised, detail: "its status address is \(before)")
            }
            try AuthoritySetting.set("status-base", addresses.base, in: transaction)
        }
    }

    /// What a ceremony for evaluation made has no place in earnest.
    func refuseEvaluation(_ bundle: CeremonyBundle) throws(Refusal) {
        guard !bundle.script.evaluation || isEvaluation else {
            throw Refusal(CeremonyRefusal.ceremonyEvaluation, detail: bundle.transcript.stage)
        }
    }

    var making: AuthorityKeyMaking { AuthorityKeyMaking(database: database, audit: audit, keys: keys) }

    /// Makes the key of an issuing generation in the authority's custody, and the request that goes to the root. Asked
    /// again, it gives the same request.
    package func request(_ generation: String, by order: Authorisation? = nil) async throws -> CertificateRequest {
        let book = try await policies.current()
        let hierarchy = try book.hierarchy(issuing: generation)
        guard let plan = hierarchy.issuing(generation) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        let setting = "request/\(generation)"
        let earlier = try await database.write { [self] transaction -> String? in
            if let earlier = try AuthoritySetting.value(setting, in: transaction) { return earlier }
            if try AuthoritySetting.value("complete/\(generation)", in: transaction) != nil {
                throw Refusal(CertificateRecordsRefusal.alreadyInitialised, detail: generation)
            }
            let actor = try spend(order, for: .request(generation: generation), in: transaction)
            try AuthoritySetting.set(setting, "", in: transaction)
            try audit.record(
                AuditEvent(
                    act: CeremonyAct.ceremonyRequested, actor: actor, subject: generation), in: transaction)
            return nil
        }
        if let earlier, let der = Base64.decode(earlier), !der.isEmpty { return try CertificateRequest(der: der) }
        try await observer(.requestOrdered)
        let key = try await making.key(generation, family: hierarchy.family)
        let info = CertificateRequest.body(subject: plan.name.distinguishedName, publicKey: key.publicKey)
        let request = try CertificateRequest(
            der: CertificateRequest.assemble(
                info: info, algorithm: key.algorithm, signature: try await key.sign(info)))
        guard request.signatureIsValid() else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: generation)
        }
        try await database.write { transaction in
            try AuthoritySetting.set(setting, Base64.encode(request.der), in: transaction)
        }
        try await observer(.requestMade)
        return request
    }
}
