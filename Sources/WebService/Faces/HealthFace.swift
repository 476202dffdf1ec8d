internal import Groundwork
package import Hummingbird

/// `/healthz`: the process answers. `/readyz`: it can do its work now. On every address.
package enum HealthFace {
    package static func add(
        isReady: @escaping @Sendable () async throws -> Void, to router: Router<BasicRequestContext>
    ) {
        router.get("/healthz") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ok\n"))) }
        router.get("/readyz") { _, _ in
            try await isReady()
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "ready\n")))
        }
    }
}
