internal import HTTPTypes
package import Hummingbird

/// `/healthz`: the process answers. `/readyz`: it can do its work now. On every address.
package enum HealthRoutes {
    /// - Parameter isReady: throws where nothing can be done; gives a line for each part that is doing well or badly.
    package static func add(
        isReady: @escaping @Sendable () async throws -> [String], to router: Router<AddressContext>
    ) {
        router.get("/healthz") { _, _ in plain("ok\n") }
        router.get("/readyz") { _, _ in
            plain((["ready"] + (try await isReady())).joined(separator: "\n") + "\n")
        }
    }

    private static func plain(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
