package import Cryptography
package import Foundation
package import Groundwork

/// A SoftHSM 2 token of a test's own: its own folder, its own configuration, and its own copy of the module, for a
/// module that starts anew is felt by everybody in the process who uses it.
package struct SoftToken: Sendable {
    package static let pinText = "1234-of-the-tests"
    /// What is the matter with this machine, if a token cannot be made.
    package struct Unmade: Error { package let why: String }

    package let label: String
    /// Holds configuration, module and tokens.
    package let home: URL
    /// Where the module finds the token; whoever moves it away takes the token from the process.
    package let folder: URL

    package var module: String { home.appending(path: "module.so").path }
    package var configuration: String { home.appending(path: "softhsm2.conf").path }

    package init(label: String = "authority") throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "yzt-token-\(UUID().uuidString)")
        let tokens = home.appending(path: "tokens")
        try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
        let text = "directories.tokendir = \(tokens.path)\nobjectstore.backend = file\nlog.level = ERROR\n"
        try Data(text.utf8).write(to: home.appending(path: "softhsm2.conf"))
        try FileManager.default.copyItem(
            at: URL(filePath: "/usr/lib/softhsm/libsofthsm2.so").resolvingSymlinksInPath(),
            to: home.appending(path: "module.so"))
        try self.init(label: label, in: home)
    }

    /// Another token with the same label beside one that was taken away.
    package func impostor() throws -> SoftToken { try SoftToken(label: label, in: home) }

    private init(label: String, in home: URL) throws {
        self.label = label
        self.home = home
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/softhsm2-util")
        process.arguments = [
            "--init-token", "--free", "--label", label, "--pin", SoftToken.pinText, "--so-pin", "so-of-the-tests",
        ]
        process.environment = ["SOFTHSM2_CONF": home.appending(path: "softhsm2.conf").path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unmade(why: "softhsm2-util: \(process.terminationStatus)") }
        let tokens = home.appending(path: "tokens")
        guard let name = try FileManager.default.contentsOfDirectory(atPath: tokens.path).first else {
            throw Unmade(why: "softhsm2-util made nothing")
        }
        folder = tokens.appending(path: name)
    }

    package func remove() { try? FileManager.default.removeItem(at: home) }

    private var elsewhere: URL { home.appending(path: folder.lastPathComponent) }

    /// Takes the token from the machine, as a hand at the plug does.
    package func takeAway() throws { try FileManager.default.moveItem(at: folder, to: elsewhere) }
    package func putBack() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: home.path + "/tokens") {
            try FileManager.default.removeItem(atPath: home.path + "/tokens/" + name)
        }
        try FileManager.default.moveItem(at: elsewhere, to: folder)
    }

    package static func pin(_ text: String = pinText) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

    /// The token as the authority has it. It is never left alone after a failure, so that nothing waits.
    package func opened(
        by cryptoki: (any Cryptoki)? = nil, pin: String = pinText, sessions: Int = 2,
        sm2: Token.SM2Mechanisms? = nil, pinEachTime: Bool = false
    ) throws -> Token {
        Token(
            Token.Access(label: label, sessions: sessions, sm2: sm2, pinEachTime: pinEachTime, pauseNanoseconds: 0),
            pin: SoftToken.pin(pin),
            cryptoki: try cryptoki ?? FaultyCryptoki(self), surroundings: .real)
    }

    /// The words with which pkcs11-tool works on this token, for a shell that splits at spaces.
    package var pkcs11Tool: String {
        "env SOFTHSM2_CONF=\(configuration) pkcs11-tool --module \(module) --token-label \(label) --login "
            + "--pin \(SoftToken.pinText)"
    }
}
