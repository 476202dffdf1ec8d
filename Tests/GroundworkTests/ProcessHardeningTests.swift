import Foundation
import Groundwork
import Testing

@Suite struct ProcessHardeningTests {
    // Run in a child of its own, for a test runner without core dumps could not explain its own crash.
    @Test func theKernelSaysThatDumpsAreForbidden() async throws {
        try await #require(processExitsWith: .success) {
            try ProcessHardening.apply()
            guard ProcessHardening.isApplied else { throw Refusal(GroundworkRefusal.notHardened) }
        }
    }

    /// In a child of its own too, for what is locked stays so. Where the system refuses, it says why and locks nothing.
    @Test func memoryIsLockedWhenItSaysSo() async throws {
        try await #require(processExitsWith: .success) {
            let refusal = ProcessHardening.lockMemory()
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let locked = status.firstMatch(of: /VmLck:\s+([0-9]+) kB/).flatMap { Int($0.1) } ?? -1
            guard refusal == nil ? locked > 1000 : locked == 0 && refusal != "" else {
                throw Refusal(GroundworkRefusal.notHardened, detail: "\(locked) kB, \(refusal ?? "locked")")
            }
        }
    }
}
