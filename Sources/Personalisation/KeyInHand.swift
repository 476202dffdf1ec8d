package import AgentProtocol
package import CertificateRecords
internal import CreditCodes
internal import Cryptography
internal import Groundwork
package import Reconciliation
package import SecurityKeys
internal import Storage

/// A security key in a reader, held against what is recorded of it.
extension Personaliser {
    /// What lies in each place of the model, by SELECT and reads alone.
    package func certificates(
        on medium: any KeyMedium, model: CardModel
    ) async throws -> [KeySlot: [UInt8]] {
        var found: [KeySlot: [UInt8]] = [:]
        let slots = Set(model.slots.flatMap { [$0.primary, $0.spare] }.compactMap(\.self))
        for slot in slots.sorted(by: { $0.rawValue < $1.rawValue }) {
            do throws(MediumFailure) {
                guard
                    case .read(let certificate?) = try await medium.perform(
                        .readBack(slot: slot), lender: NoSecrets())
                else { continue }
                found[slot] = certificate
            } catch .unsupported {
                continue
            } catch { throw error.refusal }
        }
        return found
    }

    /// Each certificate that is on the key and should not be, or should be and is not. A key that is not ours has
    /// nothing but differences.
    package func reconcile(_ medium: any KeyMedium, certificates store: CertificateStore) async throws -> [Difference] {
        let facts = try await identify(medium)
        guard let name = facts.medium, let key = try await database.read({ try SecurityKeyStore.key(name, in: $0) }),
            let model = models[key.model]
        else { throw Refusal(SecurityKeysRefusal.unknownKey, detail: facts.medium?.hex ?? "a blank key") }
        let onKey = try await certificates(on: medium, model: model)
        let (records, known) = try await database.read { [authority] transaction in
            (
                try KeyCertificateStore.certificates(name, in: transaction),
                try authority.certificates(of: name, in: transaction)
            )
        }
        let now = Dictionary(known.map { ($0.der, $0) }) { first, _ in first }
        let isInWork = try await openPlan(on: name) != nil
        var differences: [Difference] = []
        for (slot, der) in onKey.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let serial = CertificateHeader(der: der)?.serialNumber
            let subject = serial?.hex ?? "SHA-256 \(Hex.encode(DigestAlgorithm.sha256.hash(der)))"
            guard let serial, let stored = try await store.certificate(serial), stored.der == der else {
                differences.append(Difference(.onKeyUnknown, subject, "\(name.hex) at \(slot)"))
                continue
            }
            if stored.medium != name.bytes || stored.slot != UInt8(slot.rawValue, radix: 16) {
                differences.append(Difference(.onKeyElsewhere, subject, "\(name.hex) at \(slot)"))
            }
        }
        for one in known where one.canBeRevoked && one.entity != key.holder?.entity?.text {
            differences.append(
                Difference(
                    .holderDiffers, one.serial.hex,
                    "\(name.hex) is held by \(key.holder?.entity?.text ?? "no entity"), certified for "
                        + "\(one.entity ?? "no entity")"))
        }
        // While a plan is open, what is recorded and what lies there may be a step apart.
        for record in records where now[record.certificate]?.state == .active && !isInWork {
            guard onKey[record.slot] != record.certificate else { continue }
            let serial = CertificateHeader(der: record.certificate)?.serialNumber?.hex ?? "?"
            differences.append(
                Difference(
                    onKey[record.slot] == nil ? .notOnKey : .onKeyDiffers, serial, "\(name.hex) at \(record.slot)"))
        }
        return differences
    }
}
