import Foundation
import Testing

extension RecordsJourney {
    /// A department holds a certificate against the root alone, offline.
    func validateAsADepartment(_ serial: String, _ archive: String) throws {
        let file = path("entity.pem")
        try desk.done("certificate", "show", serial, "--pem").write(toFile: file, atomically: true, encoding: .utf8)
        let issuers = try FileManager.default.contentsOfDirectory(atPath: archive + "/issuers").sorted()
            .flatMap { ["--intermediate", archive + "/issuers/" + $0] }
        let roots = ["--anchor", path("trail") + "/anchors.pem"]
        func verify(_ words: [String]) throws -> Shell.Outcome {
            try Shell.run([Shell.programs + "/yzt", "certificate", "verify", file] + issuers + words)
        }
        let holds = try verify(roots + ["--purpose", "client-authentication"])
        #expect(holds.succeeded && holds.output.hasPrefix("✓ "), "\(holds.output)")
        for words in [
            roots + ["--purpose", "document-signing"], roots + ["--require-status"],
            ["--anchor", path("stranger.pem")], roots + ["--at", "2020-01-01T00:00:00Z"],
        ] {
            let refused = try verify(words)
            #expect(refused.status == 1 && refused.output.contains("[command.path-invalid]"), "\(refused.output)")
        }
    }

    /// What was revoked for keyCompromise is on the list of itself; what else nobody may certify, two officers put there.
    func listWeakKeys(_ serials: [String]) throws {
        let listed = try desk.done("certificate", "weak-key", "list")
        for serial in serials { #expect(listed.contains(serial), "\(listed)") }
        let order = ["certificate", "weak-key", "add", path("stranger.pem"), "--reason", "private key was published"]
        try desk.refused("command.too-few-officers", order + requester)
        #expect(try desk.done(order + desk.both, secrets: pins).contains("listed: 1"))
        #expect(try desk.done("certificate", "weak-key", "list").contains("private key was published"))
    }
}
