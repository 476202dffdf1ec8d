package import Hummingbird
internal import NIOCore

/// A request's context with the address of who sent it.
package struct AddressContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    private let address: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress
    }

    /// The peer's IP address in text, without its port.
    package var peer: String? { address?.ipAddress }
}
