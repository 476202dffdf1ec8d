internal import Foundation
package import Groundwork

/// The files of a ceremony, whole and durable or not at all; what is wrong with one is said in a ceremony's words
/// (`ceremony-file`).
package enum CeremonyFile {
    /// Replaces what was there in one step.
    package static let write: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void = { bytes, path in
        try DurableFile.write(bytes, to: path, refusal: refusal)
    }

    /// At most 1 MiB.
    package static func read(_ path: String) throws(Refusal) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw refusal(path) }
        guard data.count <= 1 << 20 else { throw Refusal(GroundworkRefusal.tooLarge, facts: ["what": path]) }
        return Array(data)
    }

    static func makeFolder(_ path: String) throws(Refusal) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw refusal(path, "\(error)") }
    }

    static func synchronise(folder: String) throws(Refusal) {
        try DurableFile.synchronise(folder: folder, refusal: refusal)
    }

    /// - Throws: `ceremony-busy` if another process has it.
    static func lock(_ folder: String) throws(Refusal) -> FolderLock {
        try FolderLock(folder) { failure in
            switch failure {
            case .held: Refusal(CeremonyRefusal.ceremonyBusy, facts: ["path": folder])
            case .unusable(let reason): refusal(folder, reason)
            }
        }
    }

    static func refusal(_ path: String, _ reason: String = String(cString: strerror(errno))) -> Refusal {
        Refusal(CeremonyRefusal.ceremonyFile, detail: reason, facts: ["path": path])
    }

    private static func refusal(_ failure: DurableFile.Failure) -> Refusal { refusal(failure.path, failure.reason) }
}
