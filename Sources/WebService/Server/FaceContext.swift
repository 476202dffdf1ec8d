package import Hummingbird
internal import NIOCore

/// A request's context with the address of who sent it.
package struct FaceContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The peer's IP address in text, without its port.
    package let peer: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress
    }
}
