import Foundation
import Groundwork
import Testing

@Suite struct SecretBytesTests {
    @Test func theBytesAreLentAndTheSourceIsWiped() {
        var source: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(wiping: &source)
        #expect(source.isEmpty)
        let lent = secret.withBytes { Array($0) }
        #expect(lent == [1, 2, 3])
        let comparisons = [
            secret.equals(secret.duplicate()), secret.equals(SecretBytes(copying: [1, 2, 4])),
            secret.equals(SecretBytes(copying: [1, 2])),
        ]
        #expect(comparisons == [true, false, false])
    }

    @Test func anEmptySecretIsPossible() {
        let count = SecretBytes(copying: []).withBytes { $0.count }
        #expect(count == 0)
    }

    // The address is read through the kernel's own file, so that the test touches no freed memory itself.
    @Test func theMemoryIsWipedAndGivenBack() throws {
        let address = {
            let secret = SecretBytes(copying: Array("wiped-marker-7731".utf8))
            return secret.withBytes { UInt(bitPattern: $0.baseAddress) }
        }()
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
        try memory.seek(toOffset: UInt64(address))
        let seen = (try? memory.read(upToCount: 17)).flatMap { $0 } ?? Data()
        #expect(seen != Data("wiped-marker-7731".utf8))
    }
}

@Suite struct BlockingTests {
    actor Card {
        nonisolated let thread = BlockingThread(name: "card")
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        var name: String? { Thread.current.name }
    }

    @Test func anActorRunsOnItsOwnThread() async {
        #expect(await Card().name == "card")
    }

    @Test func thePoolAnswersAndPassesErrorsOn() async throws {
        let pool = BlockingPool(threads: 2, name: "pool")
        let squares = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<50 { group.addTask { try await pool.run { number * number } } }
            return try await group.reduce(0, +)
        }
        #expect(squares == (0..<50).map { $0 * $0 }.reduce(0, +))
        await #expect(throws: Refusal.self) {
            try await pool.run { throw Refusal(GroundworkRefusal.tooLarge) }
        }
    }
}
