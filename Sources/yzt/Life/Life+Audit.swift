import Audit
import CertificateAuthority
import Cryptography
import Foundation
import Groundwork

/// The trail of all of it, exported, verified, and tampered with.
extension Life {
    func auditTrail() async throws -> String {
        let open = try authority
        try await open.exportAudit(to: options.out + "/audit")
        let key = try open.authority.service(.checkpoints).certificate.publicKey
        let verdict = try AuditVerifier.verify(directory: options.out + "/audit", publicKey: key)
        try expect(verdict.holds, "a trail that holds: \(verdict.faults)")
        try expect(verdict.covered == verdict.events, "every event under a checkpoint")
        return "\(verdict.events) events, \(verdict.checkpoints) checkpoints"
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
        let key = try authority.authority.service(.checkpoints).certificate.publicKey
        let verdict = try AuditVerifier.verify(directory: copy, publicKey: key)
        try expect(!verdict.holds, "a tampered trail that is found out")
        return "event \(verdict.firstBadLeaf.map(String.init) ?? "?") does not hold"
    }
}
