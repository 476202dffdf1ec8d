import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import WebService

/// The trail of all of it, exported, verified, and tampered with.
extension Life {
    func auditTrail() async throws -> String {
        let open = try authority
        let administrator = try reader(.secondOfficer)
        let keys = OrderingKeys(
            [open.reader(administrator, of: .officer(1), pins: pins.provider(for: administrator))], areNamed: false)
        let countersigned = try await open.auditOrders.countersign(reason: "end of the day", by: keys)
        try await open.auditOrders.exportAudit(to: options.out + "/audit", reason: "end of the day", by: keys)
        let verdict = try AuditVerifier(trust: await open.auditTrust()).verify(directory: options.out + "/audit")
        try expect(verdict.holds, "a trail that holds: \(verdict.faults)")
        try expect(verdict.covered == verdict.events, "every event under a checkpoint")
        try expect(verdict.stamped == verdict.checkpoints, "a time stamp on every checkpoint")
        try expect(verdict.countersigned?.number == countersigned.number, "the administrator's counter-signature")
        let store = try await open.verifyAuditStore()
        try expect(store.holds, "a store that holds: \(store.faults)")
        let latest = try await client.get(open.configuration.addresses.public + "/api/v1/audit/checkpoints/latest")
        let published = try CanonicalJSON(parsing: latest.body)["size"]?.integer
        try expect(published.map { $0 >= verdict.covered } ?? false, "the public address knows the checkpoint")
        return "\(verdict.events) events, \(verdict.checkpoints) checkpoints, \(countersigned.number) counter-signed"
    }

    /// One flipped byte in one event.
    func auditTampered() async throws -> String {
        let manager = FileManager.default
        let copy = options.state + "/tampered"
        try? manager.removeItem(atPath: copy)
        try manager.copyItem(atPath: options.out + "/audit", toPath: copy)
        let events = copy + "/" + AuditExport.events
        var bytes = Array(manager.contents(atPath: events) ?? Data())
        let middle = bytes.count / 2
        guard let offset = bytes[middle...].firstIndex(where: { (0x61...0x66).contains($0) }) else {
            throw Refusal(CommandRefusal.stepFailed, facts: ["step": "audit-tampered"])
        }
        bytes[offset] ^= 0x01
        try Data(bytes).write(to: URL(filePath: events))
        let verdict = try AuditVerifier(trust: await authority.auditTrust()).verify(directory: copy)
        try expect(!verdict.holds, "a tampered trail that is found out")
        return "event \(verdict.firstBadLeaf.map(String.init) ?? "?") does not hold"
    }
}
