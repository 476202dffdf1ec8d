internal import CertificateStatus
internal import Groundwork
package import Logging
internal import ServiceLifecycle

/// A primary's sign of life, for its replicas.
package struct HeartbeatService: Service {
    let open: OpenInstallation
    let seconds: Int
    let logger: Logger

    /// - Parameter seconds: between two signs of life.
    package init(open: OpenInstallation, seconds: Int, logger: Logger) {
        self.open = open
        self.seconds = seconds
        self.logger = logger
    }

    package func run() async throws {
        await beat()
        for await _ in Ticks(every: .seconds(seconds)).cancelOnGracefulShutdown() { await beat() }
    }

    /// Without it replicas say tryLater after their bound: it is tried again at the next moment.
    private func beat() async {
        do { try await StatusHeartbeat.beat(open.database, at: open.surroundings.now()) } catch {
            logger.warning("heartbeat", metadata: ["error": "\(error)"])
        }
    }
}
