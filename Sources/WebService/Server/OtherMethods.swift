internal import Groundwork
internal import HTTPTypes
internal import Hummingbird

/// A path that is there refuses the methods that it does not know with 405, and names those that it does (RFC 9110,
/// 15.5.6): a client that used the wrong one learns more than from "nothing here".
enum OtherMethods {
    /// Every method that RFC 9110 has, and PATCH; any other takes the place of TRACE (``asKnown(_:)``).
    private static let all: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect,
    ]

    /// To be called when every route is there.
    static func refuse(on router: Router<AddressContext>) {
        let known = Dictionary(grouping: router.routes, by: \.path.description)
        for routes in known.values {
            guard let path = routes.first?.path else { continue }
            var methods = Set(routes.map(\.method))
            // The router answers HEAD where it answers GET.
            if methods.contains(.get) { methods.insert(.head) }
            let allowed = methods.map(\.rawValue).sorted().joined(separator: ", ")
            for method in all where !methods.contains(method) {
                router.on(path, method: method) { _, _ -> Response in
                    throw Refusal(WebServiceRefusal.methodNotAllowed, facts: ["allowed": allowed])
                }
            }
        }
    }

    /// The request, with a method for which ``refuse(on:)`` has an answer.
    static func asKnown(_ request: Request) -> Request {
        guard !all.contains(request.method) else { return request }
        var head = request.head
        head.method = .trace
        return Request(head: head, body: request.body)
    }
}

/// The router of one address, which is asked about no method that it has never heard of.
struct AddressResponder: HTTPResponder {
    let router: RouterResponder<AddressContext>

    func respond(to request: Request, context: AddressContext) async throws -> Response {
        try await router.respond(to: OtherMethods.asKnown(request), context: context)
    }
}
