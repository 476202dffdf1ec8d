internal import KeyCustody
package import Logging
internal import ServiceLifecycle

/// Generations, service keys and policies as the store has them now, asked each second: a key that others may have
/// signs nothing more once its successor is there, nor one that is revoked, and no act follows a policy that was
/// replaced, whatever process ordered it.
package struct FollowingService: Service {
    let open: OpenInstallation
    let logger: Logger

    package init(open: OpenInstallation, logger: Logger) {
        self.open = open
        self.logger = logger
    }

    package func run() async throws {
        var trouble = ""
        for await _ in Ticks(every: .seconds(1)).cancelOnGracefulShutdown() {
            do {
                if let version = try await open.policies.follow() {
                    logger.notice("policies", metadata: ["version": "\(version)"])
                }
                // Another process may have restored what was missing.
                if open.authority.issuers.storeStatus.trouble != nil, try await open.judgeStore() == nil {
                    logger.notice("the store is as new again as what was signed")
                }
                if try await open.authority.follow() { logger.notice("generations or service keys have changed") }
                trouble = ""
            } catch {
                // Said once; the next second tries again.
                if trouble != "\(error)" { logger.warning("following", metadata: ["error": "\(error)"]) }
                trouble = "\(error)"
            }
        }
    }
}
