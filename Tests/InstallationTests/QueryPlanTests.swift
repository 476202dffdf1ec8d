import Groundwork
import Storage
import Testing

@testable import AuthorityFixtures
@testable import CertificateRecords
@testable import CertificateStatus

/// What is asked while others wait costs what it is about, never what the store holds: the store's own plan says so.
@Suite struct QueryPlanTests {
    private func plan(_ query: String, _ values: [SQLValue]) async throws -> [String] {
        let bench = try await Bench.create()
        return try await bench.database.read { transaction in
            try transaction.query("EXPLAIN QUERY PLAN \(query)", with: values).map { try $0.text("detail") }
        }
    }

    @Test func `A delta looks through what changed, not through everything that was ever revoked`() async throws {
        let plan = try await plan(
            RevocationStore.changesQuery, [.integer(1), .text("i"), .integer(1), .integer(1), .integer(1)])
        for index in ["revocation_changes", "revocation_removal_changes"] {
            #expect(
                plan.contains { $0.hasPrefix("SEARCH") && $0.contains("INDEX \(index) (change_number>?)") }, "\(plan)")
        }
    }

    @Test func `What joins another room's table by that room's text looks it up by its keys`() async throws {
        let due = try await plan(
            StoredResponse.dueQuery, [.integer(1), .text("i"), .integer(1), .blob([1]), .integer(1)])
        #expect(due.contains { $0.hasPrefix("SEARCH a USING INDEX ocsp_answer_asked") }, "\(due)")
        #expect(due.contains { $0.hasPrefix("SEARCH certificate USING") && $0.contains("serial=?") }, "\(due)")
        let unasked = try await plan(StoredResponseRecord.unaskedQuery, [.blob([1])])
        #expect(unasked.count { $0.hasPrefix("SEARCH") } == 3, "\(unasked)")
        #expect(!(due + unasked).contains { $0.hasPrefix("SCAN") || $0.contains("MATERIALIZE") }, "\(due) \(unasked)")
    }
}
