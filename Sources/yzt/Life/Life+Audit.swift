import Foundation
import Groundwork

/// The trail of all of it, exported, verified, and tampered with.
extension Life {
    func auditTrail() async throws -> String {
        // The second officer is the audit administrator.
        let (administrator, pin) = (try officers(.secondOfficer), ["officer: " + LifePINs.secondOfficer])
        let countersigned = try yzt.done(
            ["audit", "countersign", "--reason", "end of the day"] + administrator, pins: pin)
        let number = countersigned.text.firstMatch(of: /checkpoint ([0-9]+) is counter-signed/)?.1 ?? "?"
        let trail = output.path("audit")
        try yzt.done(["audit", "export", trail, "--reason", "end of the day"] + administrator, pins: pin)
        // The keys from where they are published, the roots from where they are trusted.
        let keys = try await client.get(address("public") + "/api/v1/audit/keys")
        let keyFile = options.state + "/audit-keys.pem"
        try Data(keys.body).write(to: URL(filePath: keyFile))
        let verified = try yzt.done(["audit", "verify", trail, "--key", keyFile, "--anchors", rootsFile]).text
        let figures = /holds: ([0-9]+) events, ([0-9]+) checkpoints, ([0-9]+) covered, ([0-9]+) time stamps/
        guard let held = verified.firstMatch(of: figures) else {
            throw Refusal(CommandRefusal.stepFailed, detail: verified, facts: ["step": "audit verify"])
        }
        try expect(held.1 == held.3, "every event under a checkpoint: \(verified)")
        try expect(held.2 == held.4, "a time stamp on every checkpoint: \(verified)")
        try expect(
            verified.contains("last counter-signed: checkpoint \(number),"), "the counter-signature: \(verified)")
        try yzt.done(["audit", "verify", "--store"])
        let latest = try await client.get(address("public") + "/api/v1/audit/checkpoints/latest")
        let published = try CanonicalJSON(parsing: latest.body)["size"]?.integer
        try expect(
            published.map { $0 >= Int64(held.3) ?? .max } ?? false, "the public address knows the checkpoint")
        return "\(held.1) events, \(held.2) checkpoints, \(number) counter-signed"
    }

    /// One flipped bit in one event.
    func auditTampered() throws -> String {
        let manager = FileManager.default
        let copy = options.state + "/tampered"
        try? manager.removeItem(atPath: copy)
        try manager.copyItem(atPath: output.path("audit"), toPath: copy)
        let events = copy + "/events.jsonl"
        var bytes = Array(try Data(contentsOf: URL(filePath: events)))
        let middle = bytes.count / 2
        guard let offset = bytes[middle...].firstIndex(where: { (0x61...0x66).contains($0) }) else {
            throw Refusal(CommandRefusal.stepFailed, facts: ["step": "audit-tampered"])
        }
        bytes[offset] ^= 0x01
        try Data(bytes).write(to: URL(filePath: events))
        let found = try yzt.run(["audit", "verify", copy])
        try expect(found.status == ExitStatus.refused, "a tampered trail that is found out: \(found.text)")
        try expect(found.code == "audit.tampered", "audit.tampered, not \(found.text)")
        return found.lines.dropFirst().last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
}
