import AgentProtocol
import Audit
import CertificateAuthority
import CreditCodes
import Cryptography
import Groundwork
import LegalEntities
import Officers
import Personalisation
import SecurityKeys
import Storage

/// A security key's life at a reader of this machine.
extension OpenAuthority {
    /// Who holds a key: the PIN of a plan is this person's.
    struct Terminal: Sendable {
        var reader: String
        var pins: any PINProvider
        /// Told each named step; the shipped program only logs.
        var observer: PlanObserver = { _ in }
        /// Tells the holder that an old key ends now.
        var announce: @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in }
    }

    private func personaliser(at terminal: Terminal) -> Personaliser {
        personaliser(announce: terminal.announce, observer: terminal.observer)
    }

    /// 入库: a blank key gets its medium number, its own secrets, and a PIN that nobody knows.
    func stockIn(
        _ stock: KeyStock = .unstated, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let stated = try await identify(at: terminal).medium
        if let stated, try await key(stated) != nil {
            throw Refusal(CommandRefusal.alreadyStocked, facts: ["medium": stated.hex])
        }
        let name = MediumNumber.random(in: surroundings)
        let authorisation = try await order(
            CanonicalRequest(
                .stockInKey, subject: name.hex, parameters: stock.orderParameters, reason: "stock-in",
                in: surroundings), by: keys)
        return try await stockIn(name, stock, at: terminal, on: .authorised(authorisation))
    }

    /// The same on another basis, such as the bootstrap's.
    func stockIn(
        _ name: MediumNumber, _ stock: KeyStock = .unstated, at terminal: Terminal, on basis: PlanBasis
    ) async throws -> MediumNumber {
        let medium = medium(in: terminal.reader, pins: terminal.pins)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginStockIn(name, on: medium, stock: stock, order: basis)
        try await personaliser.run(plan, on: medium)
        return name
    }

    /// 申领: keys and certificates of an entity on a stocked key.
    func enrol(
        _ code: String, family: AlgorithmFamily, at terminal: Terminal, reissue: Bool = false, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let name = try await mediumNumber(at: terminal)
        _ = try await registry.holder(registry.code(code))
        let act: OfficerAct = reissue ? .reissueKey : .enrolKey
        let authorisation = try await order(act, subject: name.hex, reason: "enrol \(code)", by: keys)
        let holder = try await keyHolder(code, actor: authorisation.actor)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginEnrolment(
            of: name, for: holder, family: family, reissue: reissue, order: .authorised(authorisation))
        try await personaliser.run(plan, on: medium(in: terminal.reader, pins: terminal.pins))
        return name
    }

    /// 更新 and 变更: new keys and certificates with what the registry says now.
    func renew(
        _ code: String, at terminal: Terminal, because act: OfficerAct = .renewKey, staged: Bool = true,
        by keys: OrderingKeys
    ) async throws -> KeyPlan {
        let name = try await mediumNumber(at: terminal)
        _ = try await registry.holder(registry.code(code))
        let authorisation = try await order(act, subject: name.hex, reason: "\(act.label.en) \(code)", by: keys)
        let holder = try await keyHolder(code, actor: authorisation.actor)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginRenewal(
            of: name, for: holder, staged: staged, order: .authorised(authorisation))
        return try await personaliser.run(plan, on: medium(in: terminal.reader, pins: terminal.pins))
    }

    /// 解锁: the escrowed secret sets a new PIN, and is changed.
    func unlock(at terminal: Terminal, by keys: OrderingKeys) async throws -> KeyPlan {
        let name = try await mediumNumber(at: terminal)
        let authorisation = try await order(.unlockKey, subject: name.hex, reason: "PIN locked", by: keys)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginUnlock(of: name, order: .authorised(authorisation))
        return try await personaliser.run(plan, on: medium(in: terminal.reader, pins: terminal.pins))
    }

    /// Finishes or rolls back what was interrupted on the inserted key; `nil` where nothing was.
    func recover(at terminal: Terminal) async throws -> KeyPlan? {
        try await CardSession.expectCard(in: terminal.reader, readers: readers)
        let medium = medium(in: terminal.reader, pins: terminal.pins)
        let plan = try await personaliser(at: terminal).recover(on: medium)
        await medium.finish()
        return plan
    }

    /// Lets the plan that waits on the inserted key use the tries that are left, on an officer's word.
    func allowLastTries(at terminal: Terminal, by keys: OrderingKeys) async throws {
        let name = try await mediumNumber(at: terminal)
        guard try await database.read({ try PlanJournal.open(on: name, in: $0) }) != nil else {
            throw Refusal(SecurityKeysRefusal.noOpenPlan)
        }
        let authorisation = try await order(.recoverKey, subject: name.hex, reason: "last tries", by: keys)
        try await personaliser(at: terminal).allowLastTries(name, order: .authorised(authorisation))
    }

    /// What the key in a reader says of itself, by SELECT and reads alone.
    func identify(at terminal: Terminal) async throws -> MediumFacts {
        try await CardSession.expectCard(in: terminal.reader, readers: readers)
        let medium = medium(in: terminal.reader, pins: terminal.pins)
        let facts = try await personaliser(at: terminal).identify(medium)
        await medium.finish()
        return facts
    }

    /// The record of a key, with what its certificates are now.
    func key(_ name: MediumNumber) async throws -> (key: SecurityKey, certificates: [CertificateRecord])? {
        guard let key = try await database.read({ try SecurityKeyStore.key(name, in: $0) }) else { return nil }
        return (key, try await authority.certificates.certificates(medium: name.bytes))
    }

    private func mediumNumber(at terminal: Terminal) async throws -> MediumNumber {
        guard let name = try await identify(at: terminal).medium, try await key(name) != nil else {
            throw Refusal(CommandRefusal.notStocked, facts: ["reader": terminal.reader])
        }
        return name
    }

    private func keyHolder(_ code: String, actor: AuditActor) async throws -> KeyHolder {
        let (_, record) = try await holder(code, actor: actor)
        let division = registry.rules.division(record.division)
        return KeyHolder(
            creditCode: record.code.text, organization: record.name, commonName: record.name,
            stateOrProvince: division?.province.zh, locality: division?.name.zh)
    }
}

extension OpenAuthority {
    /// 补办: what the lost key carried is revoked on the officers' order for each certificate, then another key enrols.
    func reissue(
        _ code: String, lost: MediumNumber, family: AlgorithmFamily, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        guard let (key, _) = try await key(lost), key.holder == code else {
            throw Refusal(CommandRefusal.wrongCard, detail: "\(lost.hex) is not a key of \(code)")
        }
        let authorisation = try await order(.retireKey, subject: lost.hex, reason: "key lost", by: keys)
        try await personaliser().reportLoss(of: lost, order: .authorised(authorisation))
        return try await enrol(code, family: family, at: terminal, reissue: true, by: keys)
    }
}
