import Foundation
import Groundwork
import WebService

/// The one configuration file: where data lies, where the service listens, how others write its addresses, where the
/// secrets are. Unknown keys are refused; secrets are files, never values.
struct ServiceConfiguration: Codable, Sendable {
    struct Listen: Codable, Sendable {
        var status: ListenAddress
        var login: ListenAddress
        var `public`: ListenAddress
        var staff: ListenAddress

        subscript(face: Face) -> ListenAddress {
            switch face {
            case .status: status
            case .login: login
            case .public: `public`
            case .staff: staff
            }
        }
    }

    struct Secrets: Codable, Sendable {
        /// File with the passphrase of `keys/*.p8`.
        var keys: String
        /// File with the escrow's master key (32 bytes as 64 hexadecimal digits).
        var escrow: String
    }

    struct Readers: Codable, Sendable {
        /// `pinentry`, `terminal` or `fd:N`.
        var pinEntry: String
    }

    struct Log: Codable, Sendable {
        var level: String
    }

    /// The data directory (mode 0700): database.sqlite, keys/*.p8, lock, backup/.
    var data: String
    var listen: Listen
    var addresses: BaseAddresses
    var secrets: Secrets
    var keys: Keys?
    var status: StatusNode?
    var readers: Readers
    var log: Log
    /// Says on every page that keys are virtual and nothing has legal effect.
    var evaluation: Bool

    static func read(at path: String) throws -> ServiceConfiguration {
        guard access(path, R_OK) == 0 else {
            throw errno == EACCES
                ? Refusal(CommandRefusal.unreadableFile, facts: ["path": path])
                : Refusal(CommandRefusal.notInitialised, facts: ["path": path])
        }
        return try StrictYAML.decode(ServiceConfiguration.self, at: path)
    }

    /// `$XDG_STATE_HOME/yizhengtong/configuration.yaml`, or the same under `~/.local/state`.
    static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? ".") + "/.local/state"
        return state + "/yizhengtong/configuration.yaml"
    }
}
