internal import Foundation
package import Groundwork

/// The last checkpoint of a log, kept outside the store as one line of text: a store that was set back, or whose
/// checkpoints were replaced, contradicts it.
///
/// After a restore from a backup the store is behind this file, and says so until an operator who knows why takes the
/// file away.
package struct HeldCheckpointFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// `nil` where there is no file.
    /// - Throws: `audit.unreadable-export` if what is there is no checkpoint.
    package func read() throws(Refusal) -> SignedCheckpoint? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = RegularFile.bytes(at: path, limit: 1 << 20),
            let line = data.split(separator: 0x0A).first.map({ Array($0) }),
            let signed = SignedCheckpoint(line: line)
        else {
            throw Refusal(
                AuditRefusal.unreadableExport, detail: path,
                facts: ["file": String(path.split(separator: "/").last ?? "")])
        }
        return signed
    }

    /// Keeps this one, unless a later one is there already: whole and durable, or not at all.
    ///
    /// One process after another: between reading and replacing nobody else replaces it. The lock is on the folder, for
    /// the file itself is another one each time.
    ///
    /// - Parameter whileLocked: runs before it is replaced; tests look at the lock there.
    package func keep(_ signed: SignedCheckpoint, whileLocked: () -> Void = {}) throws(Refusal) {
        let folder = (path as NSString).deletingLastPathComponent
        let lock = try ExclusiveLock(folder: folder.isEmpty ? "." : folder, whenHeld: .wait) { failure in
            switch failure {
            case .held: failed()
            case .unusable(let reason): failed(reason)
            }
        }
        defer { withExtendedLifetime(lock) {} }
        if let kept = try read(), kept.checkpoint.number >= signed.checkpoint.number { return }
        whileLocked()
        try DurableFile.write(signed.line + [0x0A], to: path) { failed($0.reason) }
    }

    private func failed(_ reason: String = String(cString: strerror(errno))) -> Refusal {
        Refusal(AuditRefusal.exportFailed, detail: "\(path): \(reason)")
    }
}
