internal import Cryptography
internal import Foundation
internal import Groundwork

/// An archive in the making: `<folder>.partial`, held by one process, and the finished folder in one rename.
///
/// Each file appears whole and durable or not at all, so that whoever goes on after a kill can believe what is there.
/// Below it are personal data in clear: nobody but its owner reads any of it.
struct ArchiveFolder: ~Copyable {
    /// The finished one.
    let path: String
    private let partial: String
    private let lock: ExclusiveLock

    /// Opens, or makes, the unfinished folder.
    /// - Throws: `archive-exists`, `archive-busy`, `archive-failed`.
    init(path: String) throws(Refusal) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Refusal(ArchiveRefusal.archiveExists, facts: ["path": path])
        }
        let partial = path + ".partial"
        // A plan without its folder is of an export that somebody threw away.
        if mkdir(partial, 0o700) == 0 { unlink(path + ".plan") }
        let busy = Refusal(ArchiveRefusal.archiveBusy, facts: ["path": partial])
        let lock = try ExclusiveLock(folder: partial) { failure in
            switch failure {
            case .held: busy
            case .unusable(let reason): ArchiveFolder.failed(partial, reason)
            }
        }
        // Between opening and locking another process may have finished it, or thrown it away.
        guard lock.isStill(at: partial) else { throw busy }
        self.path = path
        self.partial = partial
        self.lock = lock
    }

    /// Takes away what was just begun and holds nothing: no folder, where there is nothing to put into it.
    func discardIfEmpty() { if plan == nil { rmdir(partial) } }

    /// Takes away all that was written.
    func discard() { try? FileManager.default.removeItem(atPath: partial) }

    func contents(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: partial + "/" + name).map { Array($0) }
    }

    /// What the export is about, fixed when it began. It stands beside the folder, so that it never is in an archive.
    var plan: [UInt8]? { FileManager.default.contents(atPath: path + ".plan").map { Array($0) } }

    func write(plan: [UInt8]) throws(Refusal) { try write(plan, file: path + ".plan") }

    func write(_ bytes: [UInt8], _ name: String) throws(Refusal) {
        try write(bytes, file: partial + "/" + name)
    }

    private func write(_ bytes: [UInt8], file: String) throws(Refusal) {
        let name = file
        let parent = URL(filePath: file).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw ArchiveFolder.failed("\(name): \(error.localizedDescription)") }
        // A file's name is durable once its folder is.
        try DurableFile.write(bytes, to: file, isNameDurable: false) { failure in
            ArchiveFolder.failed("\(name): \(failure.reason)")
        }
    }

    func remove(_ name: String) { unlink(partial + "/" + name) }

    /// The names of all files, sorted; what an interrupted write left goes first.
    func names() throws(Refusal) -> [String] {
        let all = ArchiveFolder.names(in: partial)
        for name in all where name.hasSuffix(".new") { remove(name) }
        return all.filter { !$0.hasSuffix(".new") }
    }

    /// Gives the folder its name: from here on it is an archive.
    func finish() throws(Refusal) {
        let areDurable = ArchiveFolder.folders(in: partial).allSatisfy { ArchiveFolder.flush(partial + "/" + $0) }
        guard areDurable, lock.synchronise(), rename(partial, path) == 0 else { throw ArchiveFolder.failed(path) }
        unlink(path + ".plan")
        _ = ArchiveFolder.flush(URL(filePath: path).deletingLastPathComponent().path)
    }

    private static func flush(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    static func names(in folder: String) -> [String] { entries(in: folder, areFolders: false) }

    private static func folders(in folder: String) -> [String] { entries(in: folder, areFolders: true) }

    private static func entries(in folder: String, areFolders: Bool) -> [String] {
        let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return found.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
                && isFolder.boolValue == areFolders
        }.sorted()
    }

    private static func failed(_ what: String, _ reason: String = String(cString: strerror(errno))) -> Refusal {
        Refusal(ArchiveRefusal.archiveFailed, detail: "\(what) (\(reason))")
    }
}
