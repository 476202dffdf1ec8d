internal import Foundation

/// A disk of a few kibibytes that is really full: a tmpfs in a mount namespace of its own, held by a process that does
/// nothing else and reached through that process's root. What is written here beyond its size fails with ENOSPC, as the
/// kernel says it.
///
/// SQLite resolves the links in its paths and does not get here: its own `max_page_count` fills a database.
package final class SmallDisk: Sendable {
    package struct Unmade: Error { package let why: String }

    package let path: String
    private let holder: Process
    private let place: URL

    package init(kibibytes: Int) throws {
        place = FileManager.default.temporaryDirectory.appending(path: "yzt-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        // The end of its input ends it, so that it never outlives this process.
        holder.arguments = [
            "unshare", "-rm", "sh", "-c",
            "mount -t tmpfs -o size=\(kibibytes)k,mode=0700 small \"$1\" && echo ready && exec cat >/dev/null", "sh",
            place.path,
        ]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        guard let line = try output.fileHandleForReading.read(upToCount: 6), line == Data("ready\n".utf8) else {
            holder.terminate()
            throw Unmade(why: "unshare -rm, mount -t tmpfs")
        }
        path = "/proc/\(holder.processIdentifier)/root\(place.path)"
    }

    deinit { unmount() }

    package func unmount() {
        if holder.isRunning { holder.terminate() }
        holder.waitUntilExit()
        try? FileManager.default.removeItem(at: place)
    }

    private var filler: String { path + "/filler" }

    /// Leaves no byte, or so many.
    package func fill(leaving kibibytes: Int = 0) throws {
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Unmade(why: "the filler: errno \(errno)") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x2E, count: 4096)
        var written = 0
        while true {
            let count = write(descriptor, block, block.count)
            guard count > 0 else { break }
            written += count
        }
        guard errno == ENOSPC else { throw Unmade(why: "the filler: errno \(errno)") }
        guard ftruncate(descriptor, off_t(max(0, written - kibibytes * 1024))) == 0 else {
            throw Unmade(why: "the filler: errno \(errno)")
        }
    }

    package func makeRoom() throws { try FileManager.default.removeItem(atPath: filler) }
}
