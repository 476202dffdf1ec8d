import Foundation
import Groundwork
import Testing

/// A file is there whole or not at all, for its owner alone.
@Suite struct DurableFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-durable-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func refusal(_ failure: DurableFile.Failure) -> Refusal {
        Refusal(GroundworkRefusal.tooLarge, detail: failure.reason, facts: ["isThere": "\(failure.isThere)"])
    }

    private func bytes(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

    @Test func `It takes the place of what was there, and leaves nothing beside it`() throws {
        try withFolder { folder in
            let path = folder + "/a"
            try Data("an interrupted try".utf8).write(to: URL(filePath: path + ".new"))
            for text in ["first", "", String(repeating: "x", count: 1 << 20)] {
                try DurableFile.write(Array(text.utf8), to: path, refusal: refusal)
                #expect(bytes(path) == Array(text.utf8))
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `Where one must stay, it stays`() throws {
        try withFolder { folder in
            let path = folder + "/a"
            try DurableFile.write([1], to: path, existing: .refuse, refusal: refusal)
            let refused = #expect(throws: Refusal.self) {
                try DurableFile.write([2], to: path, existing: .refuse, refusal: refusal)
            }
            #expect(refused?.facts["isThere"] == "true")
            #expect(bytes(path) == [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func `Where it cannot be, the system's own words are told, and nothing is left`() throws {
        try withFolder { folder in
            let nowhere = #expect(throws: Refusal.self) {
                try DurableFile.write([1], to: folder + "/no/such", refusal: refusal)
            }
            #expect(nowhere?.detail == "No such file or directory")
            #expect(nowhere?.facts["isThere"] == "false")
            // A folder cannot be replaced by a file.
            try FileManager.default.createDirectory(atPath: folder + "/b/c", withIntermediateDirectories: true)
            #expect(throws: Refusal.self) { try DurableFile.write([1], to: folder + "/b", refusal: refusal) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["b"])
        }
    }

    @Test func `One who has a folder shares it with nobody else`() throws {
        try withFolder { folder in
            let held = Refusal(GroundworkRefusal.tooLarge)
            let lock = try FolderLock(folder) { _ in held }
            #expect(throws: held) { try FolderLock(folder) { _ in held } }
            withExtendedLifetime(lock) {}
        }
    }
}
