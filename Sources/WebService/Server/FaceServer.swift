internal import Foundation
internal import Groundwork
package import Hummingbird
package import Installation
package import Logging
package import ServiceLifecycle

/// One of the four addresses: a router with the middleware that every face has, and the listener before it.
package struct FaceServer: Sendable {
    package let face: Face
    private let address: ListenAddress
    private let responder: RouterResponder<FaceContext>
    private let logger: Logger

    package init(
        _ face: Face, at address: ListenAddress, logger: Logger,
        isReady: @escaping @Sendable () async throws -> [String],
        routes: (Router<FaceContext>) -> Void
    ) {
        let router = Router(context: FaceContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: CountingMiddleware(face))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: RefusalMiddleware())
        HealthFace.add(isReady: isReady, to: router)
        routes(router)
        OtherMethods.refuse(on: router)
        self.face = face
        self.address = address
        self.responder = router.buildResponder()
        self.logger = logger
    }

    /// The server as a service that ends with its group. `listening` is called once the socket accepts.
    package func service(listening: @escaping @Sendable (Face, ListenAddress) async -> Void) -> any Service {
        let face = face
        let host = address.host
        // A connection on which nothing is asked is given up: idle clients cannot hold all that the machine has.
        return Application(
            responder: responder, server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "yizhengtong"),
            onServerRunning: { channel in
                await listening(face, ListenAddress(host: host, port: channel.localAddress?.port ?? 0))
            }, logger: logger)
    }
}
