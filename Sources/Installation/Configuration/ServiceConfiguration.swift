internal import Foundation
internal import Groundwork
internal import Registration

/// The one configuration file: where data lies, where the service listens, how others write its addresses, where the
/// secrets are. Unknown keys are refused; secrets are files, never values.
package struct ServiceConfiguration: Codable, Sendable {
    package struct Listen: Codable, Sendable {
        package var status: ListenAddress
        package var login: ListenAddress
        package var `public`: ListenAddress
        package var staff: ListenAddress

        package init(status: ListenAddress, login: ListenAddress, public: ListenAddress, staff: ListenAddress) {
            self.status = status
            self.login = login
            self.public = `public`
            self.staff = staff
        }

        package subscript(serviceAddress: ServiceAddress) -> ListenAddress {
            switch serviceAddress {
            case .status: status
            case .login: login
            case .public: `public`
            case .staff: staff
            }
        }
    }

    package struct Secrets: Codable, Sendable {
        /// File with the passphrase of `keys/*.p8`.
        package var keys: String
        /// File with the escrow's master key (32 bytes as 64 hexadecimal digits).
        package var vault: String

        /// The words of the configuration file.
        private enum CodingKeys: String, CodingKey {
            case keys
            case vault = "escrow"
        }

        package init(keys: String, vault: String) {
            self.keys = keys
            self.vault = vault
        }
    }

    package struct Readers: Codable, Sendable {
        /// `pinentry`, `terminal` or `fd:N`.
        package var pinEntry: String

        package init(pinEntry: String) { self.pinEntry = pinEntry }
    }

    package struct Log: Codable, Sendable {
        package var level: String

        package init(level: String) { self.level = level }
    }

    /// The data directory (mode 0700): database.sqlite, keys/*.p8, lock, backup/.
    package var data: String
    package var listen: Listen
    package var addresses: BaseAddresses
    package var secrets: Secrets
    package var keys: Keys?
    package var status: StatusNode?
    package var network: NetworkConfiguration?
    package var readers: Readers
    package var log: Log
    /// Says on every page that keys are virtual and nothing has legal effect.
    package var evaluation: Bool

    package init(
        data: String, listen: Listen, addresses: BaseAddresses, secrets: Secrets, keys: Keys? = nil,
        status: StatusNode? = nil, network: NetworkConfiguration? = nil, readers: Readers, log: Log, evaluation: Bool
    ) {
        self.data = data
        self.listen = listen
        self.addresses = addresses
        self.secrets = secrets
        self.keys = keys
        self.status = status
        self.network = network
        self.readers = readers
        self.log = log
        self.evaluation = evaluation
    }

    /// - Throws: `command.unreadable-file`, `command.not-initialised`, and `StrictYAML`'s refusals.
    package static func read(at path: String) throws -> ServiceConfiguration {
        guard access(path, R_OK) == 0 else {
            throw errno == EACCES
                ? Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
                : Refusal(InstallationRefusal.notInitialised, facts: ["path": path])
        }
        return try StrictYAML.decode(ServiceConfiguration.self, at: path)
    }

    /// `$XDG_STATE_HOME/yizhengtong/configuration.yaml`, or the same under `~/.local/state`.
    package static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["YZT_CONFIGURATION"], !named.isEmpty { return named }
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? ".") + "/.local/state"
        return state + "/yizhengtong/configuration.yaml"
    }
}
