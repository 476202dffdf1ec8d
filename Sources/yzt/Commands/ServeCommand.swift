import ArgumentParser
import CommandOptions
import Foundation
import Groundwork
import Installation
import Logging
import ServiceLifecycle
import Storage
import UnixSignals
import WebService

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer on the four addresses: status, login, public, staff.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT. One service for each data directory: a second is refused; \
            other yzt commands may work beside it. TLS ends at a reverse proxy before the login, public and staff \
            addresses; the status address is plain http, as certificates name it. \
            With `status: { role: replica }` it only answers for status, from a copy of the store \
            (Documentation/configuration.md).
            """)

    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var parent: ParentOptions

    func run() async throws {
        guard parent.begin() else { return }
        let configuration = try ServiceConfiguration.read(at: authority.configuration)
        let node = try configuration.statusNode()
        var limits = try configuration.networkLimits()
        let files = OpenFileLimit.raise(to: limits.filesNeeded)
        let lock = try DataDirectoryLock(directory: configuration.data)
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "yzt")
        logger.logLevel = Logger.Level(rawValue: configuration.log.level) ?? .info
        defer { withExtendedLifetime(lock) {} }
        if files.soft < limits.filesNeeded {
            logger.warning(
                "fewer open files are allowed than the configured connections need: each address takes fewer",
                metadata: ["allowed": "\(files.soft)", "needed": "\(limits.filesNeeded)"])
            limits = limits.fitting(files)
        }
        if let bound = node.boundSeconds {
            let replica = ReplicaNode(
                configuration: configuration, boundSeconds: bound, limits: limits, logger: logger
            ) { serviceAddress, address in Console.say("\(serviceAddress.rawValue) \(address)") }
            while try await replica.run() == .replaced { logger.notice("another copy was put in place") }
            return
        }
        let open = try await OpenInstallation.open(configuration)
        let clock = try await open.clockInUse()
        Console.say("时钟 · clock: \(clock.zh) · \(clock.en)")
        let watch = AuditWatch(open, logger: logger)
        let rounds = HousekeepingRounds(surroundings: open.surroundings, logger: logger)
        let serviceAddresses = WebServers(
            open, watch: watch, rounds: rounds, explained: ProgramRefusals.all, limits: limits,
            logger: logger)
        let services = ServiceAddress.allCases.map { serviceAddress in
            serviceAddresses.server(serviceAddress).service { serviceAddress, address in
                Console.say("\(serviceAddress.rawValue) \(address)")
            }
        }
        let heartbeat: [any Service] =
            node.heartbeatSeconds.map {
                [HeartbeatService(open: open, seconds: $0, logger: logger)]
            } ?? []
        let own: [any Service] = [
            Housekeeping(HousekeepingTask.all(open, watch: watch), rounds: rounds),
            FollowingService(open: open, logger: logger),
        ]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (services + own + heartbeat).map {
                    ServiceGroupConfiguration.ServiceConfiguration(service: $0)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await open.database.close()
    }
}
