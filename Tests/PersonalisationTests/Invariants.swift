import AgentProtocol
import CertificateRecords
import Cryptography
import Groundwork
import PIV
import Personalisation
import SecurityKeys
import Storage
import Testing
import VirtualKey

/// What must hold after every interruption, once the key was inserted again and its plan ended.
struct Invariants {
    let desk: TestDesk
    let transport: VirtualCardTransport
    let name: MediumNumber

    func hold(active: Int, _ where: String = "", holderKnowsPIN: Bool = true) async throws {
        let state = transport.state
        let key = try await desk.database.read { [name] in try SecurityKeyStore.required(name, in: $0) }
        let model = try #require(desk.models[key.model])
        // No secret is lost: the escrow's current ones are the card's.
        let (management, unlock) = try await desk.database.read { [desk, name] transaction in
            (
                try desk.vault.generations(of: .management, medium: name, in: transaction),
                try desk.vault.generations(of: .unlock, medium: name, in: transaction)
            )
        }
        #expect(management.pending == nil && unlock.pending == nil, "\(`where`): a secret is still pending")
        #expect(try await holds(.init(.management, generation: management.current), state.managementKey, model))
        #expect(try await holds(.init(.unlock, generation: unlock.current), state.puk.value, model), "\(`where`): PUK")
        #expect(state.puk.triesLeft >= 3 && state.pin.triesLeft >= 3, "\(`where`): tries were burnt")
        if holderKnowsPIN {
            let typed = Array(desk.pins.typed.utf8)
            let padded = typed + [UInt8](repeating: 0xFF, count: 8 - typed.count)
            #expect(state.pin.value == padded, "\(`where`): the holder's PIN")
        }
        // Every certificate has a record, and none but the active ones is left to be used; those are on the card.
        let records = try await desk.database.read { [name] in try KeyCertificateStore.certificates(name, in: $0) }
        let issued = desk.authority.all(on: name)
        for entry in issued {
            #expect(records.contains { $0.certificate == entry.certificate.der }, "\(`where`): no record")
            #expect(entry.state == .active || entry.state == .revoked, "\(`where`): \(entry.state)")
        }
        let alive = records.filter { record in
            issued.contains { $0.certificate.der == record.certificate && $0.state == .active }
        }
        #expect(alive.count == active, "\(`where`): \(alive.count) active")
        for record in alive {
            let slot = try #require(Place(shown: record.slot.rawValue))
            let certificate = try Certificate(der: record.certificate)
            let held = try #require(state.keys[slot.rawValue], "\(`where`): no key in \(slot)")
            let key = try PrivateKey(plainPKCS8: SecretBytes(copying: held.privateKey))
            #expect(key.publicKey == certificate.publicKey, "\(`where`): another key in \(slot)")
            let tag = try #require(slot.certificateObject)
            let object = state.objects[tag.rawValue] ?? []
            #expect(contains(object, record.certificate), "\(`where`): certificate not in \(slot)")
        }
        let open = try await desk.database.read { [name] in try PlanJournal.open(on: name, in: $0) }
        #expect(open == nil, "\(`where`): a plan is open")
    }

    private func holds(_ reference: SecretReference, _ onCard: [UInt8], _ model: CardModel) async throws -> Bool {
        let lender = EscrowReader(desk: desk, name: name, model: model)
        let secret = try await lender.secret(reference)
        return secret.equals(SecretBytes(copying: onCard))
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }
}

/// Reads the escrow as an inspector.
struct EscrowReader: SecretLender {
    let desk: TestDesk
    let name: MediumNumber
    let model: CardModel
    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
        let envelope: CardSecretVault.Envelope
        do {
            envelope = try await desk.database.read { try desk.vault.envelope(reference, medium: name, in: $0) }
        } catch { throw Refusal(SecurityKeysRefusal.secretMissing) }
        return try await desk.vault.open(envelope, medium: name, model: model)
    }
}
