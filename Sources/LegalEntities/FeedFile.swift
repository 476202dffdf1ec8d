internal import Foundation
package import Groundwork

/// A registry file as blocks of 1 MiB, each read again only if it still is what was authorised.
///
/// The digest of a feed is the digest of its blocks' digests, so that importing can compare block by block before a
/// line of it is believed, without holding the file: whoever swaps the file after the officers signed is found at once.
package struct FeedFile: Sendable {
    package typealias Digest = @Sendable ([UInt8]) -> [UInt8]
    package static let blockSize = 1 << 20

    package let path: String
    package let digest: [UInt8]
    private let blockDigests: [[UInt8]]
    private let hash: Digest

    /// Reads the file once. `hash` gives 32 bytes (SHA-256).
    package init(at path: String, hash: @escaping Digest) throws(Refusal) {
        self.path = path
        self.hash = hash
        var digests: [[UInt8]] = []
        try FeedFile.read(path) { block in digests.append(hash(block)) }
        blockDigests = digests
        digest = hash(digests.flatMap { $0 })
    }

    package var name: String { URL(filePath: path).lastPathComponent }

    /// Where reading goes on: one open file, one block at a time.
    package struct Reader: ~Copyable {
        private let handle: FileHandle
        private let file: FeedFile
        private var index = 0

        init(_ file: FeedFile) throws(Refusal) {
            guard let handle = FileHandle(forReadingAtPath: file.path) else { throw FeedFile.unreadable("cannot open") }
            self.handle = handle
            self.file = file
        }

        /// The next block, `nil` at the end.
        package mutating func next() throws(Refusal) -> [UInt8]? {
            let block = try FeedFile.block(from: handle)
            guard !block.isEmpty else {
                guard index == file.blockDigests.count else { throw FeedFile.changed }
                return nil
            }
            guard index < file.blockDigests.count, file.hash(block) == file.blockDigests[index] else {
                throw FeedFile.changed
            }
            index += 1
            return block
        }

        deinit { try? handle.close() }
    }

    package func reader() throws(Refusal) -> Reader { try Reader(self) }

    private static func read(_ path: String, _ take: ([UInt8]) -> Void) throws(Refusal) {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw unreadable("cannot open") }
        defer { try? handle.close() }
        while true {
            let block = try block(from: handle)
            if block.isEmpty { return }
            take(block)
        }
    }

    /// A full block but at the end: a pipe or a network file may answer in pieces.
    private static func block(from handle: FileHandle) throws(Refusal) -> [UInt8] {
        var block: [UInt8] = []
        while block.count < blockSize {
            let more: Data?
            do { more = try handle.read(upToCount: blockSize - block.count) } catch { throw unreadable("\(error)") }
            guard let more, !more.isEmpty else { break }
            block += more
        }
        return block
    }

    private static var changed: Refusal { unreadable("the file changed since it was authorised") }
    private static func unreadable(_ detail: String) -> Refusal {
        Refusal(LegalEntitiesRefusal.feedUnreadable, detail: detail)
    }
}
