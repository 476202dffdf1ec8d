internal import Hummingbird
internal import Installation
internal import Synchronization

/// How many requests each face answered, by the first digit of the status: numbers alone, no path, no name.
package final class RequestCounts: Sendable {
    private struct Key: Hashable, Comparable {
        var face: Face
        var statusClass: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.face.rawValue, left.statusClass) < (right.face.rawValue, right.statusClass)
        }
    }

    private let counts = Mutex<[Key: Int]>([:])

    package init() {}

    func count(_ face: Face, status: Int) {
        counts.withLock { $0[Key(face: face, statusClass: status / 100), default: 0] += 1 }
    }

    /// Prometheus' text form, version 0.0.4. A class that never occurred on a face has no line.
    var exposition: String {
        let lines = counts.withLock { $0 }.sorted { $0.key < $1.key }.map { key, count in
            "yzt_http_requests_total{face=\"\(key.face.rawValue)\",status=\"\(key.statusClass)xx\"} \(count)\n"
        }
        return """
            # HELP yzt_http_requests_total Requests answered since the service started.
            # TYPE yzt_http_requests_total counter

            """ + lines.joined()
    }
}

/// Counts what every other middleware and handler made of a request.
struct CountingMiddleware<Context: RequestContext>: RouterMiddleware {
    private let face: Face
    private let counts: RequestCounts

    init(_ face: Face, _ counts: RequestCounts) {
        self.face = face
        self.counts = counts
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        counts.count(face, status: response.status.code)
        return response
    }
}
