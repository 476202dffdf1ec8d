package import Foundation
package import Testing

/// Another program that judges what we made, in a folder with one test's files.
package struct Stranger: Sendable {
    package let folder: URL

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-stranger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    package func clean() { try? FileManager.default.removeItem(at: folder) }

    package func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: folder.appending(path: name))
    }
    package func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }
    package func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    /// Runs the command line in the folder, where it must end with this status; words are separated by spaces.
    /// - Returns: what it said on both streams.
    @discardableResult
    package func run(_ line: String, expecting status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation)
        throws -> String
    {
        let outcome = try OtherProgram.run(line.split(separator: " ").map(String.init), in: folder.path)
        #expect(outcome.status == status, "\(line)\n\(outcome.said)", sourceLocation: sourceLocation)
        return outcome.said
    }
}
