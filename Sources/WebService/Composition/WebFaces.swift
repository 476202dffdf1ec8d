internal import Authentication
internal import CertificateRecords
internal import Cryptography
package import Groundwork
internal import Hummingbird
package import Installation
internal import KeyCustody
package import Logging
internal import Storage

/// The four faces of the service with the rooms behind them.
package struct WebFaces: Sendable {
    let open: OpenAuthority
    let watch: AuditWatch
    let rounds: HousekeepingRounds
    let explained: [any RefusalReason.Type]
    let logger: Logger
    let metrics = PrometheusRegistry.ofThisProcess

    /// - Parameters:
    ///   - watch: what it finds is told on the staff address.
    ///   - rounds: the same of housekeeping.
    ///   - explained: refusals of the program around this room, for the page of codes.
    package init(
        _ open: OpenAuthority, watch: AuditWatch, rounds: HousekeepingRounds, explained: [any RefusalReason.Type],
        logger: Logger
    ) {
        self.open = open
        self.watch = watch
        self.rounds = rounds
        self.explained = explained
        self.logger = logger
    }

    /// The server of one address.
    package func server(_ face: Face) -> FaceServer {
        let database = open.database
        let custody = open.custody
        let policies = open.policies
        return FaceServer(
            face, at: open.configuration.listen[face], logger: logger,
            isReady: { [watch, rounds] in
                _ = try await database.read { try $0.first("SELECT 1 AS one") }
                // What an operator must look at is told on the inside network alone.
                let alarms =
                    face == .staff ? (watch.alarms + rounds.alarms).map { "alarm \($0.code): \($0.message.en)" } : []
                // What is stored is still answered without the keys; a login statement is signed for each login.
                let version = face == .staff ? ["policies: \(policies.book.version)"] : []
                guard let failure = custody.report.failure else { return ["keys: ok"] + version + alarms }
                guard face != .login else { throw failure }
                return ["keys: \(failure.code)"] + version + alarms
            }
        ) { router in
            if face != .public {
                PublicFace.leadProblems(to: open.configuration.addresses.public, from: router)
            }
            switch face {
            case .status: StatusFace.add(StatusAnswers(open.authority), to: router)
            case .login: LoginFace.add(loginAnswers, to: router)
            case .public:
                PublicFace.add(
                    home, ValidityAnswers(open.authority), more: explained, to: router)
                AuditFace.add(open.auditPublication, to: router)
            case .staff:
                StaffFace.add(
                    metrics, look: { Measured.keysAvailable.set(custody.report.failure == nil ? 1 : 0) }, to: router)
            }
        }
    }

    private var loginAnswers: LoginAnswers {
        LoginAnswers(
            isSecure: open.configuration.addresses.login.hasPrefix("https://"), challenges: open.challenges,
            verifications: open.verifications)
    }

    private var home: HomePage {
        HomePage(
            open.authority, bases: open.configuration.addresses, isEvaluation: open.configuration.evaluation)
    }
}
