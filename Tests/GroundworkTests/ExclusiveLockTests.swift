import Foundation
import Groundwork
import OtherPrograms
import Synchronization
import Testing

/// One holder at a time, in this process or another, until its end.
@Suite struct ExclusiveLockTests {
    /// A folder with a place for a lock.
    private final class Place: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)").path
        var file: String { folder + "/lock" }

        init() throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Takes one and lets it go at once.
        func tryFile() -> ExclusiveLock.Failure? {
            tried { refusal throws(Refusal) in _ = try ExclusiveLock(file: file, refusal: refusal) }
        }

        func tryFolder() -> ExclusiveLock.Failure? {
            tried { refusal throws(Refusal) in _ = try ExclusiveLock(folder: folder, refusal: refusal) }
        }

        private func tried(
            _ take: ((ExclusiveLock.Failure) -> Refusal) throws(Refusal) -> Void
        ) -> ExclusiveLock.Failure? {
            var failure: ExclusiveLock.Failure?
            do {
                try take {
                    failure = $0
                    return Place.refusal
                }
                return nil
            } catch { return failure }
        }

        func fileLock() throws -> ExclusiveLock { try ExclusiveLock(file: file) { _ in Place.refusal } }
        func folderLock() throws -> ExclusiveLock { try ExclusiveLock(folder: folder) { _ in Place.refusal } }

        /// Whether a program of others gets it.
        static func isFree(_ path: String) throws -> Bool {
            let outcome = try OtherProgram.run(["flock", "--nonblock", "--conflict-exit-code", "9", path, "true"])
            try #require([0, 9].contains(outcome.status), "\(outcome.said)")
            return outcome.status == 0
        }

        /// A thread of this process that does nothing but ask for a lock sleeps in the kernel while it waits.
        static func waitUntilAsleep(_ thread: String) throws {
            for _ in 0..<24_000 {
                let stat = try String(contentsOfFile: "/proc/\(thread)/stat", encoding: .utf8)
                // The state follows the program's name, which is in parentheses.
                if stat.split(separator: ")").last?.hasPrefix(" S") == true { return }
                usleep(5000)  // bounded wait
            }
            Issue.record("nobody waits")
        }

        static let refusal = Refusal(GroundworkRefusal.tooLarge)
    }

    @Test func `A file's lock keeps out this process and others until its end, and is its owner's alone`() throws {
        let place = try Place()
        do {
            let lock = try place.fileLock()
            #expect(place.tryFile() == .held)
            #expect(try !Place.isFree(place.file))
            let mode = try FileManager.default.attributesOfItem(atPath: place.file)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            withExtendedLifetime(lock) {}
        }
        #expect(place.tryFile() == nil)
        #expect(try Place.isFree(place.file))
    }

    @Test func `A folder's lock keeps out this process and others until its end`() throws {
        let place = try Place()
        do {
            let lock = try place.folderLock()
            #expect(place.tryFolder() == .held)
            #expect(try !Place.isFree(place.folder))
            let isDurable = lock.synchronise()
            #expect(isDurable)
            // Not what is in it.
            #expect(place.tryFile() == nil)
            withExtendedLifetime(lock) {}
        }
        #expect(place.tryFolder() == nil)
        #expect(try Place.isFree(place.folder))
    }

    /// Between fork and exec a child has every descriptor of its parent.
    @Test func `A lock ends with its holder, although a child that is being started has a copy of it`() throws {
        let place = try Place()
        var copies: [Int32] = []
        var copied = Set<String>()
        do {
            let file = try place.fileLock()
            let folder = try place.folderLock()
            let manager = FileManager.default
            for name in try manager.contentsOfDirectory(atPath: "/proc/self/fd") {
                let target = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)
                guard let number = Int32(name), let target, [place.file, place.folder].contains(target) else {
                    continue
                }
                copies.append(dup(number))
                if copies.last != -1 { copied.insert(target) }
            }
            withExtendedLifetime(file) {}
            withExtendedLifetime(folder) {}
        }
        defer { for copy in copies { close(copy) } }
        try #require(copied == [place.file, place.folder])
        #expect(try Place.isFree(place.file) && Place.isFree(place.folder))
    }

    @Test func `Who waits for a folder gets it when its holder lets go`() async throws {
        let place = try Place()
        let folder = place.folder
        let isReleased = Mutex(false)
        let gotItInTurn = Mutex(false)
        let (threads, started) = AsyncStream.makeStream(of: String.self)
        let (ends, ending) = AsyncStream.makeStream(of: Void.self)
        do {
            let lock = try place.folderLock()
            Thread {
                let thread = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
                started.yield(thread ?? "none")
                let lock = try? ExclusiveLock(folder: folder, whenHeld: .wait) { _ in Place.refusal }
                let inTurn = isReleased.withLock { $0 }
                gotItInTurn.withLock { $0 = lock != nil && inTurn }
                ending.finish()
            }.start()
            for await thread in threads {
                try Place.waitUntilAsleep(thread)
                break
            }
            isReleased.withLock { $0 = true }
            withExtendedLifetime(lock) {}
        }
        for await _ in ends {}
        #expect(gotItInTurn.withLock { $0 })
        #expect(try Place.isFree(folder))
    }

    @Test func `No link is followed to a file, a folder is no file and a file no folder`() throws {
        let place = try Place()
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: place.file, withDestinationPath: place.folder + "/elsewhere")
        #expect(place.tryFile() == .unusable(String(cString: strerror(ELOOP))))
        #expect(!manager.fileExists(atPath: place.folder + "/elsewhere"))
        try manager.removeItem(atPath: place.file)
        try manager.createDirectory(atPath: place.file, withIntermediateDirectories: false)
        #expect(place.tryFile() == .unusable(String(cString: strerror(EISDIR))))
        try manager.removeItem(atPath: place.folder)
        #expect(place.tryFolder() == .unusable(String(cString: strerror(ENOENT))))
        try Data().write(to: URL(filePath: place.folder))
        #expect(place.tryFolder() == .unusable(String(cString: strerror(ENOTDIR))))
    }

    @Test func `What is held is not what another put in its place`() throws {
        let place = try Place()
        let lock = try place.folderLock()
        let atFirst = lock.isStill(at: place.folder)
        try FileManager.default.removeItem(atPath: place.folder)
        let without = lock.isStill(at: place.folder)
        try FileManager.default.createDirectory(atPath: place.folder, withIntermediateDirectories: false)
        let withAnother = lock.isStill(at: place.folder)
        #expect([atFirst, without, withAnother] == [true, false, false])
    }
}
