internal import CoreMetrics
internal import Synchronization

/// What is counted, under the names by which an operator's monitoring knows them (Prometheus: `_total` is what only
/// grows). A name is never changed. Every room may count; the program that serves shows the numbers, and in any other
/// they go nowhere.
///
/// Counting is an effect in memory: it follows a COMMIT and stands in no transaction.
package enum Counted: String, CaseIterable, Sendable {
    case httpRequests = "yzt_http_requests_total"
    case refusals = "yzt_refusals_total"
    case signatures = "yzt_signatures_total"
    case ocspResponses = "yzt_ocsp_responses_total"
    case certificates = "yzt_certificates_issued_total"
    case orders = "yzt_orders_total"
    case plans = "yzt_key_plans_total"
    case housekeepingFailures = "yzt_housekeeping_failures_total"
    case keysRefused = "yzt_keys_refused_total"
    case connectionsRefused = "yzt_connections_refused_total"

    /// One sentence for who reads the numbers.
    package var help: String {
        switch self {
        case .httpRequests: "Requests answered since the service started."
        case .refusals: "Requests refused since the service started, by the refusal's code."
        case .signatures: "What the authority's own keys signed since the service started, by what it is."
        case .ocspResponses: "OCSP responses given since the service started, by where they came from."
        case .certificates: "Certificates issued since the service started, by profile."
        case .orders: "Officers' orders that were granted since the service started, by act."
        case .plans: "Plans of security keys since the service started, by kind and outcome."
        case .housekeepingFailures: "Rounds of housekeeping that failed since the service started, by task."
        case .keysRefused: "What was refused because the keys' place failed, since the service started."
        case .connectionsRefused: "Connections refused since the service started, by address and reason."
        }
    }

    /// The names of its labels, in the order of the values. A value is one of a closed list, never a name or number of
    /// a person, a key or a certificate.
    package var labels: [String] {
        switch self {
        case .httpRequests: ["face", "status"]
        case .refusals: ["code"]
        case .signatures: ["what"]
        case .ocspResponses: ["source"]
        case .certificates: ["profile"]
        case .orders: ["act"]
        case .plans: ["kind", "outcome"]
        case .housekeepingFailures: ["task"]
        case .keysRefused: []
        case .connectionsRefused: ["face", "reason"]
        }
    }

    /// Counts one more, with one value for each label.
    package func add(_ values: String...) { counter(values).increment() }

    fileprivate func counter(_ values: [String]) -> Counter {
        Counter(label: rawValue, dimensions: Array(zip(labels, values)))
    }
}

/// What is measured at a moment, as ``Counted``.
package enum Measured: String, CaseIterable, Sendable {
    case keysAvailable = "yzt_keys_available"

    /// One sentence for who reads the numbers.
    package var help: String {
        switch self {
        case .keysAvailable: "Whether the place of the authority's keys works (1) or failed (0)."
        }
    }

    package func set(_ value: Int) { Gauge(label: rawValue).record(value) }
}

/// Counts under one name, thousands of times a second: what was looked up once is kept.
package final class CountedOften: Sendable {
    private let name: Counted
    private let fixed: [String]
    private let known = Mutex<[String: Counter]>([:])

    /// - Parameter name: one with labels; those before the last have the same values always.
    package init(_ name: Counted, _ fixed: String...) {
        self.name = name
        self.fixed = fixed
    }

    /// Counts one more, with the last label's value.
    package func add(_ value: String) {
        let counter = known.withLock { known in
            if let counter = known[value] { return counter }
            let counter = name.counter(fixed + [value])
            known[value] = counter
            return counter
        }
        counter.increment()
    }
}
