import Audit
import Groundwork
import Storage

/// Writes a seal's history: its status, the event that says why, and the audit's event, always together.
struct SealLedger: Sendable {
    let audit: AuditLog
    let surroundings: Surroundings

    func move(
        _ seal: Seal, by transition: SealTransition, actor: AuditActor, in transaction: any Transaction
    ) throws {
        let next = try seal.status.after(transition)
        try SealStore().move(seal.id, from: seal.status, to: next, in: transaction)
        try note(
            ElectronicSealsAct(transition), seal: seal.id, status: next, facts: [:], actor: actor, in: transaction)
    }

    func note(
        _ act: ElectronicSealsAct, seal: SealIdentifier, status: SealStatus, facts: [String: CanonicalJSON],
        actor: AuditActor, in transaction: any Transaction
    ) throws {
        let event = try audit.record(
            AuditEvent(act: act, actor: actor, subject: seal.shown, facts: facts), in: transaction)
        try SealStore().note(status, of: seal, at: surroundings.now(), event: event, in: transaction)
    }
}
