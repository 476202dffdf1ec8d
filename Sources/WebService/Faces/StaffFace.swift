internal import HTTPTypes
package import Hummingbird

/// The staff address, of the inside network: so far what an operator's monitoring asks.
package enum StaffFace {
    /// - Parameter more: what else is measured, in Prometheus' text form.
    package static func add(
        _ counts: RequestCounts, more: @escaping @Sendable () -> String = { "" }, to router: Router<FaceContext>
    ) {
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: counts.exposition + more())))
        }
    }
}
