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
}
