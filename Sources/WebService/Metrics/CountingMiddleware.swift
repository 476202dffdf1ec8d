internal import Groundwork
internal import Hummingbird
internal import Installation

/// Counts what every other middleware and handler made of a request, by the first digit of the status: numbers alone,
/// no path, no name.
struct CountingMiddleware<Context: RequestContext>: RouterMiddleware {
    private let counted: CountedOften

    init(_ serviceAddress: ServiceAddress) { counted = CountedOften(.httpRequests, serviceAddress.rawValue) }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        counted.add(Self.classes[response.status.code / 100] ?? "other")
        return response
    }

    private static var classes: [Int: String] { [1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"] }
}
