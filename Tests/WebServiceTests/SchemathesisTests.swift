import Authentication
import Foundation
import Groundwork
import Installation
import OtherPrograms
import Synchronization
import Testing
import WebService

/// Schemathesis makes requests from each OpenAPI description, right and wrong ones, and holds the answers against it.
@Suite(.timeLimit(.minutes(20))) struct SchemathesisTests {
    /// What is understood and refused (422), and what there is no such thing of (404, 409), may be asked all the same.
    private static let rules = """
        hooks = "schemathesis_hooks.py"
        [checks]
        positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 422]
        """

    /// Bytes are sent as they are.
    private static let hooks = """
        import schemathesis
        schemathesis.serializer.alias("application/pkix-cert", "application/octet-stream")
        """

    private func examine(_ address: ServiceAddress, of house: WebHouse, without checks: String...) async throws {
        try house.caller.write(Self.rules, "schemathesis.toml")
        try house.caller.write(Self.hooks, "schemathesis_hooks.py")
        let outcome = try await house.caller.run(
            [
                "env", "PYTHONPATH=.", "schemathesis", "--config-file", "schemathesis.toml", "--no-color", "run",
                house.base(address) + "/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing",
                "--max-examples", "15", "--seed", "1", "--generation-database", "none", "--request-timeout", "20",
            ] + checks.flatMap { ["--exclude-checks", $0] })
        let found = outcome.said.firstRange(of: "FAILURES").map { outcome.said[$0.lowerBound...] } ?? outcome.said[...]
        let shown = found.unicodeScalars.filter { $0.isASCII }.prefix(4000).map(String.init).joined()
        #expect(outcome.status == 0, "\(address): \(shown)")
    }

    @Test func nothingIsFoundOnTheLoginAddress() async throws {
        try await WebHouse.serve { house in
            house.rates.withLock {
                $0 = LoginPolicy.Rates(
                    clientPerMinute: 1_000_000, clientBurst: 1_000_000, applicationPerMinute: 1_000_000,
                    applicationBurst: 1_000_000, allPerMinute: 1_000_000, allBurst: 1_000_000)
            }
            try await examine(.login, of: house)
        }
    }

    @Test func nothingIsFoundOnThePublicAddress() async throws {
        let policies = try WebHouse.policies(
            "public: { clientPerMinute: 60, clientBurst: 30, allPerMinute: 3000, allBurst: 300 }",
            "public: { clientPerMinute: 1000000, clientBurst: 1000000, allPerMinute: 1000000, allBurst: 1000000 }")
        // What a description cannot say (bytes that are a certificate, a moment that is past, exactly one of two
        // parameters, two sizes in order) is not met by chance.
        try await WebHouse.serve(policies: policies) { house in
            try await examine(.public, of: house, without: "positive_data_acceptance")
        }
    }
}
