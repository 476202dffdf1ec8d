import Cryptography
import Foundation
import Groundwork
import Installation
import Storage

/// An evaluation's authority in a folder of its own, made as `yzt init` makes it.
struct OpenedAuthority {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let folder: URL
    let configuration: ServiceConfiguration
    let open: OpenInstallation

    /// Opens it for the body, and takes it away afterwards.
    static func with(_ body: (OpenedAuthority) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-open-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let address = ListenAddress(host: "127.0.0.1", port: 1)
        let base = "http://127.0.0.1:1"
        let configuration = ServiceConfiguration(
            data: folder.path + "/data",
            listen: .init(status: address, login: address, public: address, staff: address),
            addresses: BaseAddresses(status: base, login: base, public: base, staff: base),
            secrets: .init(keys: folder.path + "/secrets/keys", vault: folder.path + "/secrets/escrow"),
            readers: .init(pinEntry: "terminal"), log: .init(level: "error"), evaluation: true)
        let open = try await Initialisation(
            configurationPath: folder.path + "/configuration.yaml", configuration: configuration, family: .p256,
            root: root.path
        ).run()
        try await body(OpenedAuthority(folder: folder, configuration: configuration, open: open))
        await open.database.close()
    }
}
