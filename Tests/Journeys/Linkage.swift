import Foundation
import Testing

/// What the shipped program brings into memory.
@Suite struct Linkage {
    /// The reader service's library is no part of the program: a machine that only serves does not have it.
    @Test func theProgramDoesNotNeedTheReaderServicesLibrary() throws {
        let needed = try Shell.run(["ldd", Shell.programs + "/yzt"])
        #expect(needed.succeeded && needed.output.contains("libcrypto.so"), "\(needed.output)")
        #expect(!needed.output.contains("pcsclite"), "\(needed.output)")
    }

    /// A running service has opened no such library. Only root may look into it.
    static func hasNoCardLibrary(_ process: Int32) throws {
        guard geteuid() == 0 else { return }
        // The kernel gives a page at a time, to whoever reads to the end.
        let mapped = try Shell.run(["cat", "/proc/\(process)/maps"]).output
        #expect(mapped.contains("libcrypto.so"), "\(mapped)")
        #expect(!mapped.contains("pcsclite"), "the service has the reader service's library in memory")
    }
}
