internal import Cryptography
internal import Foundation
package import Groundwork

/// The folder of a ceremony on the machine without a network: one folder for each stage that is complete, numbered in
/// order, and one called `pending` for the stage that is going on.
///
/// A stage comes to be by one rename: transcript, signature and artefacts are there together or not at all. What an
/// interrupted try left is thrown away by the next, but for the transcript, which goes on.
package struct CeremonyFolder: Sendable {
    package let path: String
    /// Writes a whole file durably; tests put a full disk here.
    let write: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

    package init(
        path: String,
        write: @escaping @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void = CeremonyFile.write
    ) {
        self.path = path
        self.write = write
    }

    /// A stage that is complete.
    package struct Stage: Sendable, Hashable {
        package let name: String
        package let path: String

        package func bytes(_ file: String) throws(Refusal) -> [UInt8] { try CeremonyFile.read("\(path)/\(file)") }
        package func holds(_ file: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(file)") }
        package func text(_ file: String) throws(Refusal) -> String { String(decoding: try bytes(file), as: UTF8.self) }
    }

    var pending: String { "\(path)/pending" }

    /// Complete stages in their order.
    package func stages() -> [Stage] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.firstMatch(of: /^[0-9]{3}-[a-z0-9-]+$/) != nil }.sorted().map {
            Stage(name: $0, path: "\(path)/\($0)")
        }
    }

    package func stage(_ suffix: String) -> Stage? { stages().last { $0.name.dropFirst(4) == suffix } }

    /// The newest stage that holds a file.
    func newest(holding file: String) -> Stage? { stages().last { $0.holds(file) } }

    /// Keeps others out while a stage goes on.
    func lock() throws(Refusal) -> FolderLock {
        try CeremonyFile.makeFolder(path)
        return try CeremonyFile.lock(path)
    }

    /// Begins or resumes a stage: an empty `pending` but for the transcript of an interrupted try.
    /// - Returns: that transcript.
    func open() throws(Refusal) -> String? {
        try CeremonyFile.makeFolder(path)
        let manager = FileManager.default
        let interrupted = (try? CeremonyFile.read("\(pending)/\(Transcript.file)")).map {
            String(decoding: $0, as: UTF8.self)
        }
        try CeremonyFile.makeFolder(pending)
        for name in (try? manager.contentsOfDirectory(atPath: pending)) ?? [] where name != Transcript.file {
            unlink("\(pending)/\(name)")
        }
        return interrupted
    }

    func store(_ bytes: [UInt8], as name: String) throws { try write(bytes, "\(pending)/\(name)") }

    /// Makes the pending stage complete.
    func commit(_ suffix: String) throws(Refusal) -> Stage {
        let number = (stages().last.flatMap { Int($0.name.prefix(3)) } ?? 0) + 1
        let digits = String(number)
        let name = String(repeating: "0", count: max(0, 3 - digits.count)) + digits + "-" + suffix
        let target = "\(path)/\(name)"
        try CeremonyFile.synchronise(folder: pending)
        guard rename(pending, target) == 0 else { throw CeremonyFile.refusal(target) }
        try CeremonyFile.synchronise(folder: path)
        return Stage(name: name, path: target)
    }
}
