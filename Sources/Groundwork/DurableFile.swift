internal import Foundation

/// Files that are there whole and durable, or not at all, and readable by their owner alone (mode 0600).
package enum DurableFile {
    /// What to do with a file of that name.
    package enum Existing {
        /// Another takes its place in one step.
        case replace
        /// It stays, and nothing is written.
        case refuse
    }

    /// Why it is not there. What a refusal says of it is its owner's matter.
    package struct Failure: Error, Hashable {
        package let path: String
        /// The system's own words.
        package let reason: String
        /// There is one already, and it was to stay.
        package let isThere: Bool
    }

    /// Writes beside it, makes that durable, and gives it the name.
    ///
    /// - Parameter isNameDurable: `false` where whoever writes many makes the folder durable after them all
    ///   (``synchronise(folder:refusal:)``).
    package static func write(
        _ bytes: [UInt8], to path: String, existing: Existing = .replace, isNameDurable: Bool = true,
        refusal: (Failure) -> Refusal
    ) throws(Refusal) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refusal(failure(path)) }
        let isWhole = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let reason = errno
        guard close(descriptor) == 0, isWhole else {
            unlink(temporary)
            throw refusal(failure(path, isWhole ? errno : reason))
        }
        // link, unlike rename, refuses where a file is there already.
        let isNamed =
            switch existing {
            case .replace: rename(temporary, path) == 0
            case .refuse: link(temporary, path) == 0
            }
        let why = errno
        if existing == .refuse || !isNamed { unlink(temporary) }
        guard isNamed else { throw refusal(failure(path, why)) }
        guard isNameDurable else { return }
        let folder = (path as NSString).deletingLastPathComponent
        try synchronise(folder: folder.isEmpty ? "." : folder, refusal: refusal)
    }

    /// Makes durable which names are in a folder.
    package static func synchronise(folder: String, refusal: (Failure) -> Refusal) throws(Refusal) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(failure(folder)) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refusal(failure(folder)) }
    }

    private static func failure(_ path: String, _ reason: Int32 = errno) -> Failure {
        Failure(path: path, reason: String(cString: strerror(reason)), isThere: reason == EEXIST)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
