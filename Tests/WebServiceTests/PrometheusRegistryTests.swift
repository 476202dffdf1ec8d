import CoreMetrics
import Groundwork
import Testing
import WebService

/// Prometheus' text form, version 0.0.4.
@Suite struct PrometheusRegistryTests {
    @Test func `Families come with their sentence and kind, series in order, values as counted`() async {
        let registry = PrometheusRegistry()
        await withMetricsFactory(registry) {
            for _ in 0..<3 { Counted.httpRequests.add("public", "2xx") }
            Counted.httpRequests.add("login", "4xx")
            let often = CountedOften(.httpRequests, "public")
            for _ in 0..<4 { often.add("2xx") }
            often.add("5xx")
            Measured.keysAvailable.set(1)
            Measured.keysAvailable.set(0)
            await Task { Counted.orders.add("revokeCertificate") }.value
        }
        #expect(
            registry.exposition == """
                # HELP yzt_http_requests_total Requests answered since the service started.
                # TYPE yzt_http_requests_total counter
                yzt_http_requests_total{face="login",status="4xx"} 1
                yzt_http_requests_total{face="public",status="2xx"} 7
                yzt_http_requests_total{face="public",status="5xx"} 1
                # HELP yzt_keys_available Whether the place of the authority's keys works (1) or failed (0).
                # TYPE yzt_keys_available gauge
                yzt_keys_available 0
                # HELP yzt_keys_refused_total What was refused because the keys' place failed, since the service started.
                # TYPE yzt_keys_refused_total counter
                yzt_keys_refused_total 0
                # HELP yzt_orders_total Officers' orders that were granted since the service started, by act.
                # TYPE yzt_orders_total counter
                yzt_orders_total{act="revokeCertificate"} 1

                """)
    }

    @Test func `What others measure is shown too, and a value cannot end its quotation`() {
        let registry = PrometheusRegistry()
        Counter(label: "other_total", dimensions: [("a", "x\"\\\n")], factory: registry).increment(by: 2)
        CoreMetrics.Timer(label: "other_seconds", factory: registry).recordNanoseconds(1_500_000_000)
        Recorder(label: "other_sizes", factory: registry).record(4)
        let text = registry.exposition
        #expect(text.contains("# TYPE other_total counter\nother_total{a=\"x\\\"\\\\\\n\"} 2\n"))
        #expect(text.contains("# TYPE other_seconds summary\nother_seconds_count 1\nother_seconds_sum 1.5\n"))
        #expect(text.contains("other_sizes_count 1\nother_sizes_sum 4\n"))
    }

    @Test func `Counting from many tasks at once loses nothing`() async {
        let registry = PrometheusRegistry()
        await withMetricsFactory(registry) {
            let often = CountedOften(.refusals)
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for _ in 0..<1000 { task.isMultiple(of: 2) ? often.add("a.b") : Counted.refusals.add("a.b") }
                    }
                }
            }
        }
        #expect(registry.exposition.contains("yzt_refusals_total{code=\"a.b\"} 8000\n"))
    }
}
