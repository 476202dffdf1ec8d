package import CoreMetrics
internal import Groundwork
internal import Synchronization

/// Keeps what is counted and measured (swift-metrics), and shows it in Prometheus' text form, version 0.0.4.
///
/// What is declared in ``Counted`` and ``Measured`` has its sentence; a counter without labels is shown from the start,
/// one with labels when something was counted.
package final class PrometheusRegistry: MetricsFactory {
    private struct Name: Hashable, Comparable {
        let label: String
        /// `serviceAddress="public",status="2xx"`
        let dimensions: String

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        }

        static func < (left: Name, right: Name) -> Bool {
            (left.label, left.dimensions) < (right.label, right.dimensions)
        }

        private static func escaped(_ value: String) -> String {
            value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }

    private struct Series {
        var counters: [Name: Tally] = [:]
        var gauges: [Name: Level] = [:]
        var sums: [Name: Sums] = [:]
    }

    private let series = Mutex(Series())

    /// The one to which this process counts, from the first call on.
    package static let ofThisProcess: PrometheusRegistry = {
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    package init() {
        for name in Counted.allCases where name.labels.isEmpty { _ = tally(Name(name.rawValue, [])) }
    }

    /// Everything, family by family.
    package var exposition: String {
        let series = series.withLock { $0 }
        var families: [String: [String]] = [:]
        func add(_ name: Name, _ suffix: String = "", _ value: String) {
            let dimensions = name.dimensions.isEmpty ? "" : "{\(name.dimensions)}"
            families[name.label, default: []].append("\(name.label)\(suffix)\(dimensions) \(value)\n")
        }
        for (name, tally) in series.counters.sorted(by: { $0.key < $1.key }) { add(name, "", "\(tally.value)") }
        for (name, level) in series.gauges.sorted(by: { $0.key < $1.key }) { add(name, "", Self.number(level.value)) }
        for (name, sums) in series.sums.sorted(by: { $0.key < $1.key }) {
            let (count, sum) = sums.value
            add(name, "_count", "\(count)")
            add(name, "_sum", Self.number(sum))
        }
        let kinds = Dictionary(
            series.counters.keys.map { ($0.label, "counter") } + series.gauges.keys.map { ($0.label, "gauge") }
                + series.sums.keys.map { ($0.label, "summary") }, uniquingKeysWith: { first, _ in first })
        return families.sorted { $0.key < $1.key }.map { label, lines in
            let help = Counted(rawValue: label)?.help ?? Measured(rawValue: label)?.help
            return (help.map { "# HELP \(label) \($0)\n" } ?? "") + "# TYPE \(label) \(kinds[label] ?? "untyped")\n"
                + lines.joined()
        }.joined()
    }

    /// Whole numbers without a fraction, as they were counted.
    private static func number(_ value: Double) -> String { Int64(exactly: value).map { "\($0)" } ?? "\(value)" }

    // MARK: MetricsFactory

    private func tally(_ name: Name) -> Tally {
        series.withLock { series in
            let known = series.counters[name] ?? Tally()
            series.counters[name] = known
            return known
        }
    }

    private func level(_ name: Name) -> Level {
        series.withLock { series in
            let known = series.gauges[name] ?? Level()
            series.gauges[name] = known
            return known
        }
    }

    private func sums(_ name: Name) -> Sums {
        series.withLock { series in
            let known = series.sums[name] ?? Sums()
            series.sums[name] = known
            return known
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        tally(Name(label, dimensions))
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        level(Name(label, dimensions))
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? sums(Name(label, dimensions)) : level(Name(label, dimensions))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        sums(Name(label, dimensions))
    }

    // What was counted stays counted until the process ends.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}

/// A number that only grows.
private final class Tally: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

/// A number of this moment.
private final class Level: MeterHandler, RecorderHandler {
    private let level = Mutex<Double>(0)

    var value: Double { level.withLock { $0 } }

    func set(_ value: Int64) { level.withLock { $0 = Double(value) } }
    func set(_ value: Double) { level.withLock { $0 = value } }
    func increment(by amount: Double) { level.withLock { $0 += amount } }
    func decrement(by amount: Double) { level.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// How many values there were, and what they come to: of times, in seconds.
private final class Sums: RecorderHandler, TimerHandler {
    private let sums = Mutex<(count: Int64, sum: Double)>((0, 0))

    var value: (count: Int64, sum: Double) { sums.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { sums.withLock { $0 = ($0.count + 1, $0.sum + value) } }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
