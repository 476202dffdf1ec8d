internal import Authentication
internal import CertificateRecords
internal import Cryptography
package import Groundwork
internal import Hummingbird
package import Installation
internal import KeyCustody
package import Logging
internal import Storage

/// The four addresses of the service with the rooms behind them.
package struct WebServers: Sendable {
    let open: OpenInstallation
    let watch: AuditWatch
    let rounds: HousekeepingRounds
    let explained: [any RefusalReason.Type]
    let limits: NetworkLimits
    let logger: Logger
    let metrics = PrometheusRegistry.ofThisProcess

    /// - Parameters:
    ///   - watch: what it finds is told on the staff address.
    ///   - rounds: the same of housekeeping.
    ///   - explained: refusals of the program around this room, for the page of codes.
    ///   - limits: what clients may take of this machine.
    package init(
        _ open: OpenInstallation, watch: AuditWatch, rounds: HousekeepingRounds, explained: [any RefusalReason.Type],
        limits: NetworkLimits, logger: Logger
    ) {
        self.open = open
        self.watch = watch
        self.rounds = rounds
        self.explained = explained
        self.limits = limits
        self.logger = logger
    }

    /// The server of one address.
    package func server(_ serviceAddress: ServiceAddress) -> AddressServer {
        let database = open.database
        let custody = open.custody
        let policies = open.policies
        let storeStatus = open.authority.issuers.storeStatus
        return AddressServer(
            serviceAddress, at: open.configuration.listen[serviceAddress], limits: limits, logger: logger,
            isReady: { [watch, rounds] in
                _ = try await database.read { try $0.first("SELECT 1 AS one") }
                try storeStatus.require()
                // What an operator must look at is told on the inside network alone.
                let alarms =
                    serviceAddress == .staff
                    ? (watch.alarms + rounds.alarms).map { "alarm \($0.code): \($0.message.en)" } : []
                // What is stored is still answered without the keys; a login statement is signed for each login.
                let version = serviceAddress == .staff ? ["policies: \(policies.book.version)"] : []
                guard let failure = custody.report.failure else { return ["keys: ok"] + version + alarms }
                guard serviceAddress != .login else { throw failure }
                return ["keys: \(failure.code)"] + version + alarms
            }
        ) { router in
            if serviceAddress != .public {
                PublicRoutes.leadProblems(to: open.configuration.addresses.public, from: router)
            }
            switch serviceAddress {
            case .status: StatusRoutes.add(StatusResponses(open.authority, logger: logger), to: router)
            case .login: LoginRoutes.add(loginAnswers, to: router)
            case .public:
                PublicRoutes.add(
                    home, ValidityAnswers(open.authority), more: explained, to: router)
                AuditRoutes.add(open.auditPublication, to: router)
            case .staff:
                StaffRoutes.add(
                    metrics, look: { Measured.keysAvailable.set(custody.report.failure == nil ? 1 : 0) }, to: router)
            }
        }
    }

    private var loginAnswers: LoginAnswers {
        LoginAnswers(
            isSecure: open.configuration.addresses.login.hasPrefix("https://"), challenges: open.challenges,
            verifications: open.verifications, surroundings: open.surroundings)
    }

    private var home: HomePage {
        HomePage(
            open.authority, bases: open.configuration.addresses, isEvaluation: open.configuration.evaluation)
    }
}
