internal import HTTPTypes
package import Hummingbird

/// The staff address, of the inside network: so far what an operator's monitoring asks.
package enum StaffRoutes {
    /// - Parameter look: looks at what is measured when it is asked for.
    package static func add(
        _ metrics: PrometheusRegistry, look: @escaping @Sendable () -> Void = {}, to router: Router<AddressContext>
    ) {
        router.get("/metrics") { _, _ in
            look()
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: metrics.exposition)))
        }
    }
}
