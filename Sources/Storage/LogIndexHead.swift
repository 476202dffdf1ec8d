internal import GRDBSQLite
internal import Synchronization

/// The head of the write-ahead log's index as it stands in the memory that all processes share: 48 bytes with a counter
/// of commits, the log's length and salts, and checksums; and a second copy, written before the first.
struct LogIndexHead: Equatable {
    private typealias Words = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
    private let words: Words

    /// `nil` where there is none to be had, or a commit is just writing it: whoever asks then reads the store itself.
    init?(of connection: OpaquePointer) {
        // SQLite's own mapping of the index, which lasts as long as the connection. A file descriptor of ours could not
        // be closed again without losing the locks that this process has on the file (POSIX, fcntl).
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
        else { return nil }
        var start: UnsafeMutableRawPointer?
        guard map(file, 0, Self.regionSize, 0, &start) == SQLITE_OK, let start else { return nil }
        let first = start.loadUnaligned(as: Words.self)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let second = start.loadUnaligned(fromByteOffset: MemoryLayout<Words>.size, as: Words.self)
        guard first == second, first.0 != 0 else { return nil }
        words = first
    }

    /// How SQLite maps the index (wal.c, WALINDEX_PGSZ).
    private static let regionSize: Int32 = 32_768

    static func == (left: LogIndexHead, right: LogIndexHead) -> Bool { left.words == right.words }
}
