import Foundation
import Testing

/// Whoever watches the numbers finds each of them explained.
@Suite struct MetricsPageTests {
    @Test func everyNumberIsExplained() throws {
        let page = try String(contentsOf: House.root.appending(path: "Documentation/metrics.md"), encoding: .utf8)
        let source = try String(
            contentsOf: House.root.appending(path: "Sources/Groundwork/Counted.swift"), encoding: .utf8)
        let declared = source.matches(of: /case \w+ = "(yzt_[a-z_]+)"/).map { String($0.1) }
        let written = page.matches(of: /(?m)^\| `(yzt_[a-z_]+)` \| .+ \| .{10,} \|$/).map { String($0.1) }
        #expect(declared.count > 8 && written.sorted() == declared.sorted())
        // Nobody else makes up a name.
        for file in House.swiftFiles(under: "Sources") where file.path != "Sources/Groundwork/Counted.swift" {
            #expect(file.text.firstMatch(of: /"yzt_[a-z_]+"/) == nil, "\(file.path) names a number of its own")
        }
    }
}
