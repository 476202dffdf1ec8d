import CDispatch  // stat(2), which the toolchain attributes to this module
internal import Foundation
package import Groundwork

/// A file that holds one secret and that nobody else may read.
package enum SecretFile {
    /// Reads at most 4 KiB; a final line break does not belong to the secret.
    ///
    /// `name` is looked for in `$CREDENTIALS_DIRECTORY` if it has no slash (systemd's LoadCredential).
    /// - Throws: `command.secret-file` if it cannot be read or has a mode that lets others read it.
    package static func read(_ name: String) throws -> SecretBytes {
        let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"]
        let path = directory.flatMap { name.contains("/") ? nil : $0 + "/" + name } ?? name
        func refuse(_ detail: String) -> Refusal {
            Refusal(InstallationRefusal.secretFile, detail: detail, facts: ["path": path])
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw refuse(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw refuse("its mode lets others read it")
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count > 0 else { throw refuse("it is empty") }
        var secret = Array(bytes[..<count])
        bytes.withUnsafeMutableBytes { explicit_bzero($0.baseAddress!, $0.count) }
        while secret.last == UInt8(ascii: "\n") { secret.removeLast() }
        return SecretBytes(wiping: &secret)
    }

    /// Writes 32 random bytes as 64 hexadecimal digits, mode 0600, never over an existing file.
    package static func create(at path: String, randomBytes: (Int) -> [UInt8]) throws {
        let text = Array((Hex.encode(randomBytes(32)) + "\n").utf8)
        try DurableFile.write(text, to: path, existing: .refuse) { failure in
            Refusal(InstallationRefusal.secretFile, detail: failure.reason, facts: ["path": path])
        }
    }
}
