internal import Audit
internal import CertificateRecords
internal import CertificateStatus
internal import Foundation
internal import Groundwork
internal import Hummingbird
package import Installation
internal import KeyCustody
package import Logging
internal import ServiceLifecycle
internal import Storage
internal import Synchronization
internal import UnixSignals

/// A node that answers for status from a copy of the store, and does nothing else: nothing is written, no key is
/// needed.
///
/// A responder's key may be there (`keys/`): then answers are signed that the primary had not signed before the copy.
package struct ReplicaNode: Sendable {
    let configuration: ServiceConfiguration
    let boundSeconds: Int
    let limits: NetworkLimits
    let logger: Logger
    let listening: @Sendable (ServiceAddress, ListenAddress) async -> Void

    /// - Parameters:
    ///   - boundSeconds: how old the copy may be before it says tryLater.
    ///   - limits: what clients may take of this machine.
    ///   - listening: told of each address once its socket accepts.
    package init(
        configuration: ServiceConfiguration, boundSeconds: Int, limits: NetworkLimits, logger: Logger,
        listening: @escaping @Sendable (ServiceAddress, ListenAddress) async -> Void
    ) {
        self.configuration = configuration
        self.boundSeconds = boundSeconds
        self.limits = limits
        self.logger = logger
        self.listening = listening
    }

    /// Why it ended.
    package enum End { case stopped, replaced }

    /// Serves until a signal ends it or another copy is put in place.
    package func run() async throws -> End {
        let surroundings = Surroundings.real
        let path = configuration.data + "/database.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal(InstallationRefusal.notInitialised, facts: ["path": configuration.data])
        }
        let watch = CopyWatch(path: path)
        var options = DatabaseOptions()
        options.isReadOnly = true
        let database = try Database.open(
            at: path, migrations: OpenInstallation.migrations, surroundings: surroundings, options: options)
        let authority = try await Authority.open(copy: database, keys: keys(), surroundings: surroundings)
        let status = authority.status.following(
            try StatusHeartbeat.bound(seconds: boundSeconds, in: database))
        let metrics = PrometheusRegistry.ofThisProcess
        let answers = StatusResponses(authority, replica: status, logger: logger)
        let services = [ServiceAddress.status, .staff].map { serviceAddress in
            AddressServer(
                serviceAddress, at: configuration.listen[serviceAddress], limits: limits, logger: logger,
                isReady: {
                    guard status.keepsItsBound(at: surroundings.now()) else {
                        throw Refusal(
                            CertificateRecordsRefusal.statusBusy, detail: "the copy lags beyond its bound")
                    }
                    return ["replica: within \(boundSeconds) s"]
                }
            ) { router in
                if serviceAddress == .status {
                    StatusRoutes.add(answers, to: router)
                } else {
                    StaffRoutes.add(metrics, to: router)
                }
            }.service(listening: listening)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) } + [
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: watch, successTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await database.close()
        return watch.isReplaced ? .replaced : .stopped
    }

    private func keys() throws -> any SigningKeys {
        let directory = configuration.data + "/keys"
        guard FileManager.default.fileExists(atPath: directory) else { return AbsentKeys() }
        return EncryptedKeyFiles(directory: directory, passphrase: try SecretFile.read(configuration.secrets.keys))
    }
}

/// Ends when another file has been put in the copy's place.
private final class CopyWatch: Service {
    private let path: String
    private let first: Int?
    private let replaced = Mutex(false)
    var isReplaced: Bool { replaced.withLock { $0 } }

    init(path: String) {
        self.path = path
        first = Self.number(path)
    }

    func run() async throws {
        for await _ in Ticks(every: .seconds(1)).cancelOnGracefulShutdown() {
            guard let now = Self.number(path), now != first else { continue }
            replaced.withLock { $0 = true }
            return
        }
    }

    private static func number(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber]) as? Int
    }
}
