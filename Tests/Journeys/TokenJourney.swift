import Foundation
import SoftTokens
import Testing

/// An authority whose keys are in a SoftHSM 2 token, by the shipped command.
@Suite struct TokenJourney {
    @Test func `Made in a token, looked at, cut off, back again`() throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-journey-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pin = folder.appending(path: "pin").path
        _ = FileManager.default.createFile(
            atPath: pin, contents: Data(SoftToken.pinText.utf8), attributes: [.posixPermissions: 0o600])
        func yzt(_ words: [String]) throws -> Shell.Outcome {
            try Shell.run([Shell.programs + "/yzt"] + words, environment: ["SOFTHSM2_CONF": soft.configuration])
        }
        func make(_ name: String, _ family: String) throws -> Shell.Outcome {
            try yzt([
                "init", "--evaluation", "--configuration", folder.path + "/\(name)/configuration.yaml", "--algorithm",
                family, "--token", soft.label, "--module", soft.module, "--pin", pin, "--escrow-in-token",
            ])
        }
        let configuration = ["--configuration", folder.path + "/one/configuration.yaml"]

        let honest = try make("one", "sm2")
        #expect(honest.status == 1 && honest.output.contains("cryptography.token-unsupported"), "\(honest.output)")
        let made = try make("one", "p256")
        #expect(made.status == 0 && made.output.contains("keys: token authority"), "\(made.output)")
        let keys = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/one/data/keys")
        #expect(keys.filter { $0.hasSuffix(".p8") } == [])
        // A second authority does not take over the first one's keys by their names, not even when asked again.
        for _ in 0..<2 {
            let second = try make("two", "p256")
            #expect(second.status == 1 && second.output.contains("command.token-not-empty"), "\(second.output)")
        }

        // Whether pcscd runs is doctor's business too, so its status says nothing here.
        #expect(try yzt(["doctor"] + configuration).output.contains("token authority, escrow in the token"))
        try soft.takeAway()
        #expect(try yzt(["doctor"] + configuration).output.contains("cryptography.token-missing"))
        let away = try yzt(["serve"] + configuration)
        #expect(away.status == 75, "\(away.output)")
        try soft.putBack()
        #expect(try yzt(["doctor"] + configuration).output.contains("token authority, escrow in the token"))
    }
}
