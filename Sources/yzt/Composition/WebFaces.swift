import Authentication
import CardAgent
import CertificateAuthority
import Cryptography
import Groundwork
import Logging
import PIV
import Storage
import WebService

/// The four faces of the service with the rooms behind them.
struct WebFaces {
    let open: OpenAuthority
    let watch: AuditWatch
    let logger: Logger
    let counts = RequestCounts()

    func server(_ face: Face) -> FaceServer {
        let database = open.database
        let custody = open.custody
        return FaceServer(
            face, at: open.configuration.listen[face], logger: logger, counts: counts,
            isReady: { [watch] in
                _ = try await database.read { try $0.first("SELECT 1 AS one") }
                // What an operator must look at is told on the inside network alone.
                let alarms = face == .staff ? watch.alarms.map { "alarm \($0.code): \($0.message.en)" } : []
                // What is stored is still answered without the keys; a login statement is signed for each login.
                guard let failure = custody.report.failure else { return ["keys: ok"] + alarms }
                guard face != .login else { throw failure }
                return ["keys: \(failure.code)"] + alarms
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
                    home, ValidityAnswers(open.authority),
                    more: [CommandRefusal.self, CardRefusal.self, CardAgentRefusal.self], to: router)
                AuditFace.add(open.auditPublication, to: router)
            case .staff: StaffFace.add(counts, more: { exposition(custody.report) }, to: router)
            }
        }
    }

    private func exposition(_ report: CustodyReport) -> String {
        """
        # HELP yzt_keys_available Whether the place of the authority's keys works (1) or failed (0).
        # TYPE yzt_keys_available gauge
        yzt_keys_available \(report.failure == nil ? 1 : 0)
        # HELP yzt_keys_refused_total What was refused because the keys' place failed, since the service started.
        # TYPE yzt_keys_refused_total counter
        yzt_keys_refused_total \(report.refused)

        """
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
