internal import Groundwork
package import Hummingbird
internal import HummingbirdCore
package import Installation
package import Logging
internal import NIOCore
package import ServiceLifecycle

/// One of the four addresses: a router with the middleware that every address has, and the listener before it.
package struct AddressServer: Sendable {
    package let serviceAddress: ServiceAddress
    private let address: ListenAddress
    private let responder: AddressResponder
    private let connections: AddressConnections
    private let logger: Logger

    /// - Parameters:
    ///   - limits: what clients may take, and which proxies are believed.
    ///   - isReady: for `/readyz`: throws where nothing can be done; otherwise a line for each part.
    package init(
        _ serviceAddress: ServiceAddress, at address: ListenAddress, limits: NetworkLimits = NetworkLimits(),
        logger: Logger,
        isReady: @escaping @Sendable () async throws -> [String],
        routes: (Router<AddressContext>) -> Void
    ) {
        let router = Router(context: AddressContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ClientMiddleware(TrustedProxies(limits.trustedProxies)))
        router.add(middleware: CountingMiddleware(serviceAddress))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: RefusalMiddleware())
        HealthRoutes.add(isReady: isReady, to: router)
        routes(router)
        OtherMethods.refuse(on: router)
        self.serviceAddress = serviceAddress
        self.address = address
        self.responder = AddressResponder(router: router.buildResponder())
        self.connections = AddressConnections(serviceAddress, limits)
        self.logger = logger
    }

    /// The server as a service that ends with its group. `listening` is called once the socket accepts.
    package func service(listening: @escaping @Sendable (ServiceAddress, ListenAddress) async -> Void) -> any Service {
        let (serviceAddress, host, connections, logger) = (serviceAddress, address.host, connections, logger)
        return Application(
            responder: responder,
            server: HTTPServerBuilder { AddressChannel(responder: $0, connections: connections) },
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "yizhengtong", backlog: 1024),
            onServerRunning: { channel in
                do {
                    try await channel.eventLoop.submit {
                        let admission = ConnectionAdmission(connections, logger: logger)
                        try channel.pipeline.syncOperations.addHandler(admission, position: .first)
                    }.get()
                } catch {
                    // Without it nobody is counted: better nobody comes in.
                    logger.critical("the listener has no limits", metadata: ["error": "\(error)"])
                    channel.close(promise: nil)
                }
                await listening(serviceAddress, ListenAddress(host: host, port: channel.localAddress?.port ?? 0))
            }, logger: logger)
    }
}
