internal import HTTPTypes
internal import Hummingbird
package import Installation

/// Who asks, as far as a limit must know: an IPv4 address, or the network of an IPv6 address (a host has 2⁶⁴ of
/// those at no cost).
package struct ClientAddress: Hashable, Sendable {
    /// Nobody can tell: whoever that is shares one limit.
    package static let unknown = ClientAddress("unknown")

    /// In its one canonical form: `192.0.2.1`, `2001:db8::/64`.
    package let text: String

    /// - Parameter text: an address, with or without a port; anything else stands for itself.
    package init(_ text: String) {
        self.text = IPAddress(withPort: text).map(Self.text(of:)) ?? text
    }

    package init(_ address: IPAddress) { text = Self.text(of: address) }

    private static func text(of address: IPAddress) -> String {
        address.bytes.count == 4 ? address.description : "\(address.network(prefix: 64))/64"
    }
}

/// The reverse proxies whose word about their clients is believed.
package struct TrustedProxies: Sendable {
    private let networks: [IPNetwork]

    package init(_ networks: [IPNetwork]) { self.networks = networks }

    package func contain(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    /// The client of a request: the peer, unless that is a trusted proxy. Then the last address of X-Forwarded-For that
    /// is none of theirs; what stands before it anybody may have written. A word that is no address ends the search: it
    /// was written by the last trusted proxy's client, so that proxy is who asks.
    package func client(peer: IPAddress?, forwarded: [String]) -> ClientAddress {
        guard var last = peer else { return .unknown }
        let words = forwarded.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        for word in words.reversed() {
            guard contain(last), let address = IPAddress(withPort: word.trimming(while: \.isWhitespace)) else { break }
            last = address
        }
        return ClientAddress(last)
    }
}

extension Substring {
    fileprivate func trimming(while isOut: (Character) -> Bool) -> Substring {
        var rest = self
        while let first = rest.first, isOut(first) { rest.removeFirst() }
        while let last = rest.last, isOut(last) { rest.removeLast() }
        return rest
    }
}

/// Finds out once for each request who asks.
struct ClientMiddleware: RouterMiddleware {
    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
    private let proxies: TrustedProxies

    init(_ proxies: TrustedProxies) { self.proxies = proxies }

    func handle(
        _ request: Request, context: AddressContext, next: (Request, AddressContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.client = proxies.client(
            peer: context.peer, forwarded: Self.forwardedFor.map { request.headers[values: $0] } ?? [])
        return try await next(request, context)
    }
}
