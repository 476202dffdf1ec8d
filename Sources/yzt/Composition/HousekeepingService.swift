import Authentication
import CertificateAuthority
import Groundwork
import SecurityKeys
import Logging
import ServiceLifecycle

/// What happens by itself: new generations and service keys are looked for where the token was away; the audit's round
/// (a checkpoint, a look at the past), at start-up too; intents whose lease is over, certificates that were not
/// activated in time and suspensions that are too long are ended; a revocation in bulk that somebody left is taken up;
/// responders' keys, lists and often asked answers are renewed before they age.
struct HousekeepingService: Service {
    let open: OpenAuthority
    let watch: AuditWatch
    let logger: Logger

    func run() async throws {
        await attempt("audit") { try await watch.round() }
        for await _ in Ticks(every: .seconds(60)).cancelOnGracefulShutdown() {
            await attempt("time stamp keys") { try await open.authority.renewStampKeys() }
            await attempt("clock") { try await open.authority.clock.watch() }
            await attempt("keys") { try await open.custody.check() }
            await attempt("escrow") { try await open.escrow.refresh() }
            await attempt("directory") { _ = try await open.authority.refresh() }
            await attempt("audit") { try await watch.round() }
            await attempt("intents") { _ = try await open.authority.issuance.recoverIntents() }
            await attempt("activation") { _ = try await open.authority.revocation.expireUnactivated() }
            await attempt("suspension") { _ = try await open.authority.revocation.endLongSuspensions() }
            await attempt("bulk revocation") { _ = try await open.authority.bulkRevocation.resume() }
            await attempt("responders") { _ = try await open.authority.renewResponders() }
            await attempt("lists") { _ = try await open.authority.status.renewLists() }
            await attempt("answers") { _ = try await open.authority.status.refreshAnswers() }
            await attempt("challenges") { _ = try await open.challenges.sweep() }
        }
    }

    /// A failure is logged and tried again the next minute: none of these may stop the service.
    private func attempt(_ name: String, _ work: () async throws -> Void) async {
        do { try await work() } catch {
            logger.warning("housekeeping", metadata: ["task": "\(name)", "error": "\(error)"])
        }
    }
}

/// Generations and service keys as the store has them now, asked each second: a key that others may have signs nothing
/// more once its successor is there, nor one that is revoked, whatever process ordered it.
struct DirectoryWatch: Service {
    let open: OpenAuthority
    let logger: Logger

    func run() async throws {
        var trouble = ""
        for await _ in Ticks(every: .seconds(1)).cancelOnGracefulShutdown() {
            do {
                if try await open.authority.follow() { logger.notice("generations or service keys have changed") }
                trouble = ""
            } catch {
                // Said once; the next second tries again.
                if trouble != "\(error)" { logger.warning("directory", metadata: ["error": "\(error)"]) }
                trouble = "\(error)"
            }
        }
    }
}

/// Moments at equal distances, until the task is cancelled.
struct Ticks: AsyncSequence, Sendable {
    let every: Duration

    struct AsyncIterator: AsyncIteratorProtocol {
        let every: Duration

        mutating func next() async -> Void? {
            // bounded wait for the next moment, ended early by cancellation
            do { try await Task.sleep(for: every) } catch { return nil }  // bounded wait
            return ()
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(every: every) }
}
