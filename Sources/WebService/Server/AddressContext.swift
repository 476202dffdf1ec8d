package import Hummingbird
package import Installation
internal import NIOCore

/// A request's context with the address of who sent it.
package struct AddressContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The peer's IP address.
    package let peer: IPAddress?
    /// Whose limits count: the peer, or whom a trusted proxy names.
    package var client: ClientAddress

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        client = peer.map { ClientAddress($0) } ?? .unknown
    }
}
