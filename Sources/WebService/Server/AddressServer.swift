internal import Foundation
internal import Groundwork
package import Hummingbird
package import Installation
package import Logging
package import ServiceLifecycle

/// One of the four addresses: a router with the middleware that every address has, and the listener before it.
package struct AddressServer: Sendable {
    package let serviceAddress: ServiceAddress
    private let address: ListenAddress
    private let responder: RouterResponder<AddressContext>
    private let logger: Logger

    package init(
        _ serviceAddress: ServiceAddress, at address: ListenAddress, logger: Logger,
        isReady: @escaping @Sendable () async throws -> [String],
        routes: (Router<AddressContext>) -> Void
    ) {
        let router = Router(context: AddressContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: CountingMiddleware(serviceAddress))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: RefusalMiddleware())
        HealthRoutes.add(isReady: isReady, to: router)
        routes(router)
        OtherMethods.refuse(on: router)
        self.serviceAddress = serviceAddress
        self.address = address
        self.responder = router.buildResponder()
        self.logger = logger
    }

    /// The server as a service that ends with its group. `listening` is called once the socket accepts.
    package func service(listening: @escaping @Sendable (ServiceAddress, ListenAddress) async -> Void) -> any Service {
        let serviceAddress = serviceAddress
        let host = address.host
        // A connection on which nothing is asked is given up: idle clients cannot hold all that the machine has.
        return Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "yizhengtong"),
            onServerRunning: { channel in
                await listening(serviceAddress, ListenAddress(host: host, port: channel.localAddress?.port ?? 0))
            }, logger: logger)
    }
}
