package import Audit
package import Cryptography
package import Groundwork
package import Officers
import SealImages
package import Storage

/// An order to make a seal. Its authorisation's subject is the code, its parameters are ``parameters``.
package struct SealOrder: Hashable, Sendable {
    package var uscc: String
    /// What the registry calls the entity, which the picture and the seal data say.
    package var name: String
    package var kind: SealKindName
    /// The signature certificate that the seal is bound to.
    package var certificate: SerialNumber
    /// The seal that this one takes the place of; it is closed in the same transaction.
    package var replaces: SealIdentifier?

    package init(
        uscc: String, name: String, kind: SealKindName, certificate: SerialNumber, replaces: SealIdentifier? = nil
    ) {
        self.uscc = uscc
        self.name = name
        self.kind = kind
        self.certificate = certificate
        self.replaces = replaces
    }

    package var parameters: [String: CanonicalJSON] {
        var members: [String: CanonicalJSON] = [
            "entity": .string(uscc), "name": .string(name), "kind": .string(kind.text),
            "certificate": .string(certificate.hex),
        ]
        if let replaces { members["replaces"] = .string(replaces.shown) }
        return members
    }
}

/// Makes seals (制章): the picture from the registry's name, the seal data signed by the seal maker's key.
package struct SealMaker: Sendable {
    let database: Database
    private let inForce: @Sendable () -> SealPolicy
    var policy: SealPolicy { inForce() }
    let audit: AuditLog
    let dependencies: SealDependencies
    /// The seal maker's key and certificate (制章者).
    let maker: @Sendable () throws -> (signer: any Signer, certificate: Certificate)
    let drawing: BlockingPool
    let surroundings: Surroundings

    package init(
        database: Database, policy: SealPolicy, audit: AuditLog, dependencies: SealDependencies, maker: any Signer,
        makerCertificate: Certificate, drawing: BlockingPool, surroundings: Surroundings
    ) {
        self.init(
            database: database, policyInForce: { policy }, audit: audit, dependencies: dependencies, drawing: drawing,
            surroundings: surroundings
        ) { (maker, makerCertificate) }
    }

    /// The same with a key that is exchanged while the service runs.
    package init(
        database: Database, policyInForce: @escaping @Sendable () -> SealPolicy, audit: AuditLog,
        dependencies: SealDependencies, drawing: BlockingPool,
        surroundings: Surroundings,
        maker: @escaping @Sendable () throws -> (signer: any Signer, certificate: Certificate)
    ) {
        self.database = database
        self.inForce = policyInForce
        self.audit = audit
        self.dependencies = dependencies
        self.maker = maker
        self.drawing = drawing
        self.surroundings = surroundings
    }

    /// Makes the seal and puts it into use.
    package func make(_ order: SealOrder, authorisedBy authorisation: Authorisation) async throws -> Seal {
        try authorisation.require(.makeSeal, subject: order.uscc, parameters: order.parameters)
        let kind = try policy.kind(order.kind)
        let now = surroundings.now()
        let maker = try maker()
        guard maker.signer.publicKey == maker.certificate.publicKey, maker.certificate.isValid(at: now),
            maker.certificate.facts.keyUsage?.contains(.digitalSignature) ?? false
        else { throw Refusal(ElectronicSealsRefusal.sealMakerUnfit) }
        let (certificateStatus, name) = try await database.read { transaction in
            (
                try fitCertificate(order, at: now, in: transaction),
                try registeredName(order.uscc, in: transaction)
            )
        }
        guard name == order.name else {
            throw Refusal(OfficersRefusal.wrongParameters, detail: "the registry's name is another one by now")
        }
        let design = try SealDesign(name: name, pattern: kind.pattern)
        let picture = try await CompanySealImage.draw(design, on: drawing)
        let seal = try await signed(
            order, kind, by: maker, design: design, picture: picture, certificateStatus: certificateStatus, at: now)
        return try await store(seal, order, authorisation)
    }

    /// What the registry calls the entity now: what an order for its seal says.
    /// - Throws: `electronic-seals.entity-unknown`.
    package func registeredName(of uscc: String) async throws -> String {
        try await database.read { try registeredName(uscc, in: $0) }
    }

    private func fitCertificate(
        _ order: SealOrder, at now: Instant, in transaction: any ReadTransaction
    ) throws -> SealCertificateStatus {
        guard let certificateStatus = try dependencies.certificateStatus(order.certificate, transaction) else {
            throw Refusal(ElectronicSealsRefusal.certificateUnknown)
        }
        guard certificateStatus.uscc == order.uscc else {
            throw Refusal(
                ElectronicSealsRefusal.entityMismatch,
                facts: ["uscc": order.uscc, "other": certificateStatus.uscc ?? "—"])
        }
        try certificateStatus.refuseIfDefect(at: now)
        try StampChecks.purpose(of: certificateStatus.certificate)
        return certificateStatus
    }

    private func registeredName(_ uscc: String, in transaction: any ReadTransaction) throws -> String {
        guard let name = try dependencies.entityName(uscc, transaction) else {
            throw Refusal(ElectronicSealsRefusal.entityUnknown, facts: ["uscc": uscc])
        }
        return name
    }

    private func signed(
        _ order: SealOrder, _ kind: SealKind, by maker: (signer: any Signer, certificate: Certificate),
        design: SealDesign, picture: SealPicture, certificateStatus: SealCertificateStatus, at now: Instant
    ) async throws -> Seal {
        let certificate = certificateStatus.certificate
        guard let family = certificate.publicKey.family else {
            throw Refusal(ElectronicSealsRefusal.wrongPurpose, facts: ["purpose": "other"])
        }
        let id = SealIdentifier(in: surroundings)
        let from = now.truncatedToSecond
        let information = SealInformation(
            vendor: policy.vendor, esID: "yzt_\(Hex.encode(surroundings.randomBytes(16)))",
            propertyType: kind.propertyType, name: "\(design.name)\(kind.label.zh)",
            certificates: .certificates([certificate.der]), createdAt: from, validFrom: from,
            validUntil: min(certificate.notAfter, from.adding(days: policy.validityDays)),
            picture: SealInformation.Picture(
                type: "PNG", data: try picture.png(pixelsPerMillimetre: policy.picturePixelsPerMillimetre),
                widthMillimetres: Int(picture.widthMillimetres.rounded()),
                heightMillimetres: Int(picture.heightMillimetres.rounded())))
        let signature = try await maker.signer.sign(information.der)
        let data = SealData(
            information: information, makerCertificate: maker.certificate.der, algorithm: maker.signer.algorithm.oid,
            signature: signature)
        guard data.isSignedByItsMaker() else { throw Refusal(ElectronicSealsRefusal.sealMakerUnfit) }
        return Seal(
            id: id, esID: information.esID, uscc: order.uscc, kind: order.kind, name: design.name, family: family,
            certificateSerial: certificate.serialNumber, certificateHash: certificate.fingerprint,
            validFrom: information.validFrom, validUntil: information.validUntil, madeAt: now, status: .active,
            replaces: order.replaces, data: data,
            drawing: SealDrawing(
                content: picture.pathsPDF.content, widthMicrometres: Int64((picture.widthMillimetres * 1000).rounded()),
                heightMicrometres: Int64((picture.heightMillimetres * 1000).rounded())))
    }

    private func store(_ seal: Seal, _ order: SealOrder, _ authorisation: Authorisation) async throws -> Seal {
        try await database.write { transaction in
            let now = surroundings.now()
            try authorisation.spend(in: transaction)
            // Between reading and now the certificate may have been suspended or the name changed.
            _ = try fitCertificate(order, at: now, in: transaction)
            guard try registeredName(order.uscc, in: transaction) == seal.name else {
                throw Refusal(ElectronicSealsRefusal.entityUnknown, detail: "renamed", facts: ["uscc": order.uscc])
            }
            let service = SealLedger(audit: audit, surroundings: surroundings)
            if let replaced = order.replaces {
                let old = try SealStore().seal(replaced, in: transaction)
                guard old.uscc == order.uscc else {
                    throw Refusal(
                        ElectronicSealsRefusal.entityMismatch, facts: ["uscc": order.uscc, "other": old.uscc])
                }
                if old.status != .closed {
                    try service.move(old, by: .close, actor: authorisation.actor, in: transaction)
                }
            }
            try SealStore().insert(seal, in: transaction)
            let facts: [String: CanonicalJSON] = [
                "uscc": .string(seal.uscc), "kind": .string(seal.kind.text), "es_id": .string(seal.esID),
                "certificate_serial": .string(seal.certificateSerial.hex),
                "seal_sha256": .string(Hex.encode(DigestAlgorithm.sha256.hash(seal.data.der))),
            ]
            try service.note(
                .made, seal: seal.id, status: .made, facts: facts, actor: authorisation.actor, in: transaction)
            try service.note(
                .activated, seal: seal.id, status: .active, facts: [:], actor: authorisation.actor, in: transaction)
            return seal
        }
    }
}
