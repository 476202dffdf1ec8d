/// How large a document may be before it is refused. What a service takes is its own to decide; these are defaults.
package struct DocumentLimits: Hashable, Sendable {
    package var bytes: Int
    package var pages: Int
    package var objects: Int
    /// What all compressed object streams together may unfold to.
    package var unfoldedBytes: Int

    package init(
        bytes: Int = 50 << 20, pages: Int = 3000, objects: Int = 300_000, unfoldedBytes: Int = 256 << 20
    ) {
        self.bytes = bytes
        self.pages = pages
        self.objects = objects
        self.unfoldedBytes = unfoldedBytes
    }

    package static let standard = DocumentLimits()
}
