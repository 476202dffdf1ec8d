import AgentProtocol
import CertificateRecords
import Foundation
import Groundwork
import Installation
import Officers
import Storage
import Testing

/// One version of the policies for every room, followed while a process runs.
@Suite struct PoliciesInForceTests {
    private func altered(_ changes: [(path: String, old: String, new: String)]) throws -> PolicyFiles {
        var texts = try PolicyFiles.read(root: OpenedAuthority.root.path).texts
        for change in changes {
            let shipped = try #require(texts[change.path])
            let text = shipped.replacing(change.old, with: change.new)
            try #require(text != shipped)
            texts[change.path] = text
        }
        return PolicyFiles(texts: texts)
    }

    @Test func `What another process puts in force is followed by every room, without opening anything anew`()
        async throws
    {
        try await OpenedAuthority.with { opened in
            let officers = try await SoftOfficers(opened.open)
            // A service that runs: opened before the change.
            let service = try await OpenInstallation.open(opened.configuration)
            let before = service.policies.rooms.pinRules.longestRepetition
            #expect(service.officers.policy.rule(for: .renewKey).officers == 1)
            let files = try altered([
                ("Policies/pin-rules.yaml", "longestRepetition: \(before)", "longestRepetition: \(before - 1)"),
                (
                    "Policies/dual-control.yaml",
                    "renewKey: { officers: 1, requesters: [operator, businessAdministrator], approvers: [] }",
                    "renewKey: { officers: 2, requesters: [operator, businessAdministrator], approvers: [reviewer] }"
                ),
            ])
            let store = opened.open.authority.policies
            _ = try await store.apply(files, by: officers.order(store.request(toApply: files, reason: "stricter")))
            #expect(try await service.policies.follow() == 2)
            #expect(try await service.policies.follow() == nil)
            #expect(service.policies.book.version == 2)
            #expect(service.pinRules.longestRepetition == before - 1)
            #expect(service.officers.policy.rule(for: .renewKey).officers == 2)
            await service.database.close()
        }
    }

    @Test func `A policy that was bent in the store is not followed: what was in force stays so`() async throws {
        try await OpenedAuthority.with { opened in
            let service = try await OpenInstallation.open(opened.configuration)
            try await opened.open.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO policy_set (version, hash, applied_at)
                    SELECT 2, hash, applied_at FROM policy_set WHERE version = 1
                    """)
                try transaction.execute(
                    """
                    INSERT INTO policy_file (version, path, hash, content)
                    SELECT 2, path, hash, content FROM policy_file WHERE version = 1
                    """)
            }
            await #expect(throws: Refusal(CertificateRecordsRefusal.policiesAltered)) {
                try await service.policies.follow()
            }
            #expect(service.policies.book.version == 1)
            await service.database.close()
        }
    }
}
